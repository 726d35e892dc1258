//! The check on the device: what the service's own check will say of a submission. As `domain/check.rs`, held to it by shared vectors.

import { asked, fieldOf, fields, offered, placeOf } from "./routing";
import type { Field, Takes } from "./routing";
import type { Channel, Choice, Form, Submission } from "./shapes";

/** The rules; their codes are those of the service. */
export type Rule =
  | "empty"
  | "unknown_question"
  | "unknown_choice"
  | "not_offered"
  | "wrong_kind"
  | "one_choice_only"
  | "too_long"
  | "unreadable"
  | "out_of_range"
  | "not_a_date"
  | "not_asked"
  | "contradiction"
  | "own_words_unasked";

/** One thing wrong or odd. */
export interface Finding {
  question?: string;
  rule: Rule;
  detail?: string;
}

/** A typed value: a whole number, a text or code or day, or codes in the order of the form. */
export type Value = number | string | string[];

/** The answers of one submission; a field in none of these was asked and left blank. */
export interface Answers {
  values: Record<string, Value>;
  not_asked: Record<string, Value | null>;
  illegible: string[];
  spoiled: Record<string, Value | null>;
}

/** What the check made of a submission. */
export interface Checked {
  outcome: "response" | "refused" | "hold";
  answers: Answers;
  findings: Finding[];
}

/** What a finding does on a channel: a note, a refusal, or a person's decision. */
export function effectOf(channel: Channel, rule: Rule): "note" | "refuse" | "hold" {
  if (rule === "contradiction" || rule === "own_words_unasked") return "note";
  if (channel === "online") return "refuse";
  return ["empty", "one_choice_only", "too_long", "not_asked"].includes(rule) ? "note" : "hold";
}

/** Checks a submission against the form version it names. */
export function check(form: Form, submission: Submission): Checked {
  const reader = new Reader(form, submission);
  const { answers, findings } = reader.read();
  const worst = (effect: string) => findings.some((finding) => effectOf(submission.channel, finding.rule) === effect);
  const outcome = worst("refuse") ? "refused" : worst("hold") ? "hold" : "response";
  return { outcome, answers, findings };
}

/** The codes given in a field; none when it was not answered. */
export function codesOf(answers: Answers, key: string): readonly string[] {
  const value = Object.hasOwn(answers.values, key) ? answers.values[key] : undefined;
  return typeof value === "string" ? [value] : Array.isArray(value) ? value : [];
}

/** Length as a browser counts it for `maxlength`: UTF-16 units. */
export function browserLength(text: string): number {
  return text.length;
}

class Reader {
  readonly answers: Answers = { values: {}, not_asked: {}, illegible: [], spoiled: {} };
  readonly findings: Finding[] = [];

  constructor(
    private readonly form: Form,
    private readonly submission: Submission,
  ) {}

  /** Fields are read in the order of the form, so routing sees what came before. */
  read(): { answers: Answers; findings: Finding[] } {
    const raw = new Map(Object.entries(this.submission.answers));
    for (const field of fields(this.form)) {
      const given = raw.get(field.key);
      raw.delete(field.key);
      this.field(field, isBlank(given) ? undefined : given);
    }
    for (const key of [...raw.keys()].sort()) this.findings.push({ question: key, rule: "unknown_question" });
    for (const key of [...this.submission.spoiled, ...this.submission.illegible]) {
      if (!fieldOf(this.form, key)) this.findings.push({ question: key, rule: "unknown_question" });
    }
    const marked = this.submission.illegible.length > 0 || Object.keys(this.answers.spoiled).length > 0;
    if (!marked && !this.saysSomething()) this.findings.push({ rule: "empty" });
    return this;
  }

  private saysSomething(): boolean {
    return Object.keys(this.answers.values).some((key) => {
      const field = fieldOf(this.form, key);
      if (!field) return false;
      const { section, question } = placeOf(this.form, field);
      return !section.after_sending && (question.substantive ?? section.substantive ?? true);
    });
  }

  private field(field: Field, given: unknown): void {
    const codes = (key: string) => codesOf(this.answers, key);
    if (!asked(this.form, field, this.submission.edition, codes)) {
      const kept = given === undefined ? null : this.kept(field, given);
      if (given !== undefined) this.find(field, "not_asked");
      this.answers.not_asked[field.key] = kept;
    } else if (this.submission.spoiled.includes(field.key)) {
      this.answers.spoiled[field.key] = given === undefined ? null : this.kept(field, given);
    } else if (this.submission.illegible.includes(field.key)) {
      this.answers.illegible.push(field.key);
    } else if (given !== undefined) {
      const value = this.value(field, field.takes, given);
      if (value !== null) {
        this.answers.values[field.key] = value;
        this.noteStrayOwnWords(field);
      }
    }
  }

  private value(field: Field, takes: Takes, raw: unknown): Value | null {
    switch (takes.what) {
      case "one":
        return this.one(field, takes.choices, raw);
      case "many":
        return this.many(field, takes.choices, raw);
      case "text":
        return this.text(field, takes.limit, raw);
      case "number":
        return this.number(field, takes, raw);
      case "date":
        return this.date(field, raw);
    }
  }

  private one(field: Field, choices: readonly Choice[], raw: unknown): Value | null {
    const code: unknown = Array.isArray(raw) && raw.length === 1 && typeof raw[0] === "string" ? raw[0] : raw;
    if (Array.isArray(code)) {
      this.find(field, "one_choice_only");
      this.answers.spoiled[field.key] = code.map(textOf);
      return null;
    }
    if (typeof code !== "string") return this.wrong(field, "wrong_kind");
    return this.known(field, choices, code) ? code : null;
  }

  private known(field: Field, choices: readonly Choice[], code: string): boolean {
    const choice = choices.find((one) => one.code === code);
    if (!choice) this.find(field, "unknown_choice", code);
    else if (!offered(choice.text).includes(this.submission.edition)) this.find(field, "not_offered", code);
    else return true;
    return false;
  }

  private many(field: Field, choices: readonly Choice[], raw: unknown): Value | null {
    const ticks: unknown = typeof raw === "string" ? [raw] : raw;
    if (!Array.isArray(ticks)) return this.wrong(field, "wrong_kind");
    const ticked = new Set<string>();
    for (const tick of ticks as unknown[]) {
      if (typeof tick !== "string") return this.wrong(field, "wrong_kind");
      if (!this.known(field, choices, tick)) return null;
      ticked.add(tick);
    }
    const chosen = choices.filter((choice) => ticked.has(choice.code));
    const exclusive = chosen.find((choice) => choice.exclusive);
    if (chosen.length > 1 && exclusive) this.find(field, "contradiction", exclusive.code);
    return chosen.map((choice) => choice.code);
  }

  private text(field: Field, limit: number, raw: unknown): Value | null {
    if (typeof raw !== "string") return this.wrong(field, "wrong_kind");
    const text = tidy(raw);
    if (text.includes("\0")) return this.wrong(field, "unreadable");
    if (browserLength(text) > limit) this.find(field, "too_long", String(limit));
    return text;
  }

  private number(field: Field, bounds: { least: number | null; most: number | null }, raw: unknown): Value | null {
    const number = wholeNumber(raw);
    if (number === null) return this.wrong(field, "wrong_kind");
    const { least, most } = bounds;
    if ((least !== null && number < least) || (most !== null && number > most)) {
      return this.wrong(field, "out_of_range", `${least ?? ""} to ${most ?? ""}`);
    }
    return number;
  }

  private date(field: Field, raw: unknown): Value | null {
    if (typeof raw !== "string") return this.wrong(field, "wrong_kind");
    return isoDay(trim(raw)) ?? this.wrong(field, "not_a_date", [...raw].slice(0, 40).join(""));
  }

  /** Own words are kept whatever was chosen, and noted when no choice asks for them. */
  private noteStrayOwnWords(field: Field): void {
    if (field.part !== "own_words") return;
    const { question } = placeOf(this.form, field);
    const wanted = question.own_words?.with ?? [];
    if (wanted.length > 0 && !codesOf(this.answers, question.key).some((code) => wanted.includes(code))) {
      this.find(field, "own_words_unasked");
    }
  }

  /** What was written where it does not count, kept as it can be. */
  private kept(field: Field, raw: unknown): Value {
    const value = Array.isArray(raw) ? raw.map(textOf) : tidy(textOf(raw));
    if (value.includes("\0") || (Array.isArray(value) && value.some((code) => code.includes("\0")))) {
      this.find(field, "unreadable");
    }
    return value;
  }

  private wrong(field: Field, rule: Rule, detail?: string): null {
    this.find(field, rule, detail);
    return null;
  }

  private find(field: Field, rule: Rule, detail?: string): void {
    this.findings.push({ question: field.key, rule, ...(detail === undefined ? {} : { detail }) });
  }
}

function isBlank(raw: unknown): boolean {
  if (raw === null || raw === undefined) return true;
  if (typeof raw === "string") return trim(raw) === "";
  return Array.isArray(raw) && raw.length === 0;
}

function textOf(raw: unknown): string {
  return typeof raw === "string" ? raw : JSON.stringify(raw);
}

/** White space as Unicode has it, and as the service trims it: with U+0085, without U+FEFF. */
const SPACE = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const AROUND = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");

/** Without white space around it. */
export function trim(text: string): string {
  return text.replace(AROUND, "");
}

/** Text as it is kept: no white space around it, and one kind of line end. */
function tidy(text: string): string {
  return trim(text).replaceAll("\r\n", "\n").replaceAll("\r", "\n");
}

/** A whole number that JavaScript and the service both hold exactly. */
function wholeNumber(raw: unknown): number | null {
  const number = typeof raw === "string" && /^[+-]?\d+$/.test(trim(raw)) ? Number(trim(raw)) : raw;
  return typeof number === "number" && Number.isSafeInteger(number) ? number + 0 : null;
}

/** A day written year-month-day, as `YYYY-MM-DD`; null when there is no such day. */
export function isoDay(text: string): string | null {
  const found = /^(\d{1,4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (!found) return null;
  const [year, month, day] = found.slice(1).map(Number) as [number, number, number];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real ? `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}` : null;
}
