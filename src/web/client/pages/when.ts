//! Times in words, as people say them; this device's clock, which decides nothing.

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hour12: false });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" });
const WHOLE_DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });

/** “today at 09:12”, “yesterday at 17:40”, “3 November at 10:05”. */
export function moment(instant: string, now = new Date()): string {
  const then = new Date(instant);
  const clock = CLOCK.format(then);
  const days = Math.round((midnight(now) - midnight(then)) / 86_400_000);
  if (days === 0) return `today at ${clock}`;
  if (days === 1) return `yesterday at ${clock}`;
  return `${(then.getFullYear() === now.getFullYear() ? DAY : WHOLE_DAY).format(then)} at ${clock}`;
}

/** A day without its time, such as 19 December 2022, from `YYYY-MM-DD`. */
export function dayInWords(day: string): string {
  const then = new Date(`${day}T12:00:00`);
  return Number.isNaN(then.getTime()) ? day : WHOLE_DAY.format(then);
}

/** The last day something is open, from the first instant at which it is not. */
export function lastDay(instant: string): string {
  return WHOLE_DAY.format(new Date(new Date(instant).getTime() - 1));
}

/** How long ago: “a moment”, “5 minutes”, “2 hours”, “3 days”. */
export function age(instant: string, now = new Date()): string {
  return span((now.getTime() - new Date(instant).getTime()) / 1000);
}

/** A length of time in words. */
export function span(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return "a moment";
  if (minutes < 60) return many(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? many(hours, "hour") : many(Math.floor(hours / 24), "day");
}

/** “1 sheet”, “3 sheets”. */
export function many(number: number, word: string, words = `${word}s`): string {
  return `${number.toLocaleString("en-GB")} ${number === 1 ? word : words}`;
}

/** Today as `YYYY-MM-DD` by this device's clock. */
export function today(now = new Date()): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

function midnight(day: Date): number {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
}
