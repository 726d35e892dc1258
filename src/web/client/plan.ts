//! The sync plan: given how sending has gone so far and the last answer, what comes next. Pure: clock and chance are arguments.

/** The least and the longest wait after a failure, in milliseconds. */
export const FIRST_WAIT_MS = 1_000;
export const LONGEST_WAIT_MS = 300_000;

/** The longest wait that the service may ask for, in milliseconds. */
export const LONGEST_ASKED_MS = 3_600_000;

/** Tries that a device may make again before it slows down; ten items received earn one back. */
export const MOST_TOKENS = 10;

/** What must happen before sending goes on. */
export type Needs = "sign_in" | "enrolment" | "new_version" | "revoked";

/** How sending has gone so far. Kept, so that a reload does not get round a wait. */
export interface Course {
  /** The most items in the next push. */
  size: number;
  /** Tries in a row that brought nothing. */
  failures: number;
  /** Pushes in a row that the service broke on. */
  broke: number;
  /** Runs in a row that left something behind which the service could not judge. */
  left: number;
  /** When an item seems to break the service: looking for it. */
  hunt: Hunt | null;
  tokens: number;
  wait: Wait | null;
  stopped: Needs | null;
}

/** A wait on the device's clock; `asked` by the service, or our own. */
export interface Wait {
  since: number;
  until: number;
  asked: boolean;
}

/** Looking for the one item that breaks the service, by halves. */
export interface Hunt {
  /** The items it is among. */
  among: string[];
  /** The next push is empty, to see whether the service takes anything at all. */
  control: boolean;
  /** A single item has failed alone once, and the control after it went well. */
  sure: boolean;
}

/** What to do next. */
export type Next =
  | { kind: "stopped"; needs: Needs }
  | { kind: "wait"; until: number }
  | { kind: "control" }
  | { kind: "these"; ids: string[] }
  | { kind: "queue"; most: number };

/** What came of a push. */
export type Came =
  | { kind: "answered"; progress: boolean; received: number; backoff_s: number }
  /** No answer, or none that is the service's: a portal's page, a cut answer, a forged receipt. */
  | { kind: "nothing" }
  | { kind: "timeout" }
  | { kind: "status"; status: number; retry_after_s: number | null; code: string | null };

/** Where that leaves us. */
export interface Then {
  course: Course;
  /** Items that cannot be sent: for a person. */
  attention: { id: string; reason: string }[];
}

/** What a refusal of the service's own asks for; null when it is no such refusal. */
export function needsOf(status: number, code: string | null): Needs | null {
  if (code === null) return null;
  if (code === "protocol_unsupported") return "new_version";
  if (code === "device_revoked") return "revoked";
  return status === 401 || status === 403 || code === "other_device" ? "sign_in" : null;
}

/** A fresh start. */
export function fresh(size: number): Course {
  return { size, failures: 0, broke: 0, left: 0, hunt: null, tokens: MOST_TOKENS, wait: null, stopped: null };
}

/** What to do next. A clock that was set back begins the wait anew, and never makes it longer. */
export function next(course: Course, now: number): Next {
  if (course.stopped) return { kind: "stopped", needs: course.stopped };
  const until = waitsUntil(course.wait, now);
  if (until !== null) return { kind: "wait", until };
  if (course.hunt?.control) return { kind: "control" };
  if (course.hunt) return { kind: "these", ids: course.hunt.among.slice(0, Math.ceil(course.hunt.among.length / 2)) };
  return { kind: "queue", most: course.size };
}

/** When a wait ends, as the clock now stands; null when it is over. */
export function waitsUntil(wait: Wait | null, now: number): number | null {
  if (!wait) return null;
  if (now < wait.since) return now + (wait.until - wait.since);
  return now < wait.until ? wait.until : null;
}

/** Where an answer leaves us. `random` is in [0, 1). */
export function after(course: Course, sent: readonly string[], came: Came, most: number, now: number, random: number): Then {
  switch (came.kind) {
    case "answered":
      return answered(course, sent, came, most, now, random);
    case "nothing":
      return quiet(failed(course, now, random));
    case "timeout":
      return quiet({ ...failed(course, now, random), size: halved(sent.length, course.size) });
    case "status":
      return status(course, sent, came, now, random);
  }
}

function quiet(course: Course): Then {
  return { course, attention: [] };
}

function answered(course: Course, sent: readonly string[], came: Came & { kind: "answered" }, most: number, now: number, random: number): Then {
  const hunt = course.hunt && narrowed(course.hunt, sent);
  const tokens = Math.min(MOST_TOKENS, course.tokens + came.received / 10);
  const asked = Math.min(came.backoff_s * 1000, LONGEST_ASKED_MS);
  const wait = asked > 0 ? { since: now, until: now + asked, asked: true } : null;
  const well: Course = { ...course, hunt, tokens, wait, failures: 0, broke: 0, size: Math.min(most, course.size * 2) };
  if (came.progress || sent.length === 0) return quiet(well);
  const slower = failed({ ...well, failures: course.failures }, now, random);
  return quiet({ ...slower, wait: wait ?? slower.wait });
}

/** A control that went well lets the halving go on; items that went well are not the ones. */
function narrowed(hunt: Hunt, sent: readonly string[]): Hunt | null {
  if (hunt.control) return { ...hunt, control: false };
  const among = hunt.among.filter((id) => !sent.includes(id));
  return among.length === 0 ? null : { among, control: false, sure: false };
}

/** Items that are no longer waiting are not looked for. */
export function without(course: Course, waiting: (id: string) => boolean): Course {
  if (!course.hunt) return course;
  const among = course.hunt.among.filter(waiting);
  return { ...course, hunt: among.length === 0 ? null : { ...course.hunt, among } };
}

function status(course: Course, sent: readonly string[], came: Came & { kind: "status" }, now: number, random: number): Then {
  const { status: code } = came;
  const needs = needsOf(code, came.code ?? (code === 401 || code === 403 ? "" : null));
  if (needs) return quiet({ ...course, stopped: needs });
  if (code === 413) return tooLarge(course, sent);
  if (code === 429 || code === 503) return quiet(asked(course, came.retry_after_s, now, random));
  if (code === 507) return quiet({ ...course, failures: course.failures + 1, wait: wait(now, LONGEST_WAIT_MS * (0.5 + random / 2)) });
  if (code === 400 || code === 422 || code >= 500) return broke(course, sent, code, now, random);
  return quiet(failed(course, now, random));
}

function tooLarge(course: Course, sent: readonly string[]): Then {
  const [only] = sent;
  if (sent.length === 1 && only !== undefined) {
    return { course: without(course, (id) => id !== only), attention: [{ id: only, reason: "too_large" }] };
  }
  const among = course.hunt && sent.length > 0 ? { ...course.hunt, among: [...sent] } : course.hunt;
  return quiet({ ...course, size: halved(sent.length, course.size), hunt: among });
}

/** A little chance on top of what the service asked for, so that devices do not all come back in the same second. */
function asked(course: Course, seconds: number | null, now: number, random: number): Course {
  if (seconds === null) return failed(course, now, random);
  const ms = Math.min(seconds * 1000, LONGEST_ASKED_MS);
  const spread = random * Math.min(Math.max(ms / 2, 500), 30_000);
  return { ...course, failures: course.failures + 1, wait: { since: now, until: now + ms + spread, asked: true } };
}

/** The service broke on a push. Twice running, and it is asked whether it takes anything; if so, the item is looked for. */
function broke(course: Course, sent: readonly string[], code: number, now: number, random: number): Then {
  const slower = failed({ ...course, broke: course.broke + 1 }, now, random);
  const hunt = course.hunt;
  if (hunt?.control) return quiet({ ...slower, hunt: null, broke: 0 });
  const [only] = sent;
  if (hunt && sent.length === 1 && only !== undefined) {
    if (hunt.sure) return { course: { ...slower, hunt: null, broke: 0, failures: 0, wait: null }, attention: [{ id: only, reason: `status_${code}` }] };
    return quiet({ ...slower, hunt: { among: [only], control: true, sure: true } });
  }
  if (hunt) return quiet({ ...slower, hunt: { among: [...sent], control: false, sure: false } });
  if (slower.broke >= 2 && sent.length > 0) return quiet({ ...slower, hunt: { among: [...sent], control: true, sure: sent.length === 1 } });
  return quiet(slower);
}

/** One more failure: wait with full jitter, and much longer once the tokens are used up. */
function failed(course: Course, now: number, random: number): Course {
  const failures = course.failures + 1;
  const tokens = Math.max(0, course.tokens - 1);
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 20));
  const ms = tokens < 1 ? LONGEST_WAIT_MS * (0.5 + random / 2) : Math.max(FIRST_WAIT_MS, random * ceiling);
  return { ...course, failures, tokens, wait: wait(now, ms) };
}

function wait(now: number, ms: number): Wait {
  return { since: now, until: now + Math.round(ms), asked: false };
}

function halved(sent: number, size: number): number {
  return Math.max(1, Math.floor(Math.min(sent || size, size) / 2));
}

/** A person, or the network coming back, ends our own wait but not one that the service asked for. */
export function hurried(course: Course): Course {
  return course.wait && !course.wait.asked ? { ...course, wait: null } : course;
}

/** A run through the queue has ended, with something left behind or with nothing. */
export function ended(course: Course, leftBehind: boolean, now: number, random: number): Course {
  if (!leftBehind) return { ...course, left: 0 };
  if (course.wait) return course;
  const left = course.left + 1;
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(left, 20));
  return { ...course, left, wait: wait(now, Math.max(FIRST_WAIT_MS, random * ceiling)) };
}

/** Somebody signed in, enrolled or updated: sending may go on. */
export function resumed(course: Course): Course {
  return { ...course, stopped: null, wait: null, failures: 0 };
}
