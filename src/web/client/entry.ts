//! What was entered on a page, made into a submission. As `intake/keyed/entry.rs` for paper and `intake/online.rs` for interviews.

import type { Draft } from "./api";
import { isoDay, trim } from "./check";
import type { Checked, Finding } from "./check";
import { effectOf } from "./check";
import { asked, fieldOf, fields, offered } from "./routing";
import type { Takes } from "./routing";
import type { Edition, Entry, Form, Help, Submission } from "./shapes";

/** What stands beside the questions on a sheet. */
export const FACTS = ["sheet.completed_on", "sheet.posted_on", "sheet.paper_reference", "sheet.quote_consent", "sheet.help"] as const;

/** The ids a submission goes under, and who made it where. */
export interface Ids {
  revision_id: string;
  keyed_by: string;
  device: string;
}

/** Something the person at the device can put right. */
export interface Wrong {
  key: string;
  text: string;
}

/** The submission a draft makes. Facts that cannot be read are left out: see {@link wrongFacts}. */
export function submissionOf(form: Form, draft: Draft, ids: Ids): Submission {
  const { entry } = draft;
  const first = (key: string) => trim(entry.values[key]?.[0] ?? "");
  const consent = first("sheet.quote_consent");
  const reference = first("sheet.paper_reference");
  const made: Submission = {
    response_id: draft.response_id,
    revision_id: ids.revision_id,
    ...(draft.supersedes === null ? {} : { supersedes: draft.supersedes }),
    ...(draft.mode === "sheet" ? {} : { form: form.form }),
    form_version: form.version,
    edition: draft.edition,
    channel: draft.channel,
    completed_on: day(first("sheet.completed_on")),
    posted_on: draft.postmark === "batch" ? draft.posted_on : draft.postmark === "none" ? null : day(first("sheet.posted_on")),
    received_on: draft.received_on,
    answers: draft.mode === "interview" ? askedAnswers(form, draft.edition, entry) : everyAnswer(form, entry),
    spoiled: marked(form, entry, "spoiled"),
    illegible: marked(form, entry, "illegible"),
    help: HELP.find((help) => help === first("sheet.help")) ?? null,
    quote_consent: consent === "yes" ? true : consent === "no" ? false : null,
    origin: {
      ...(draft.batch === null ? {} : { batch: String(draft.batch) }),
      ...(draft.sheet === null ? {} : { line: draft.sheet }),
      ...(reference === "" ? {} : { paper_reference: reference }),
      device: ids.device,
      keyed_by: ids.keyed_by,
      ...(draft.event === null ? {} : { event: draft.event }),
    },
  };
  return made;
}

const HELP: readonly Help[] = ["no", "read_to_me", "wrote_for_me", "helped_decide", "prefer_not"];

function marked(form: Form, entry: Entry, mark: string): string[] {
  return fields(form)
    .map((field) => field.key)
    .filter((key) => entry.marks[key] === mark);
}

/** On paper everything that is written counts or is kept. */
function everyAnswer(form: Form, entry: Entry): Record<string, unknown> {
  const answers: Record<string, unknown> = {};
  for (const field of fields(form)) {
    const values = given(entry, field.key);
    if (values.length > 0) answers[field.key] = dated(field.takes, one(field.takes, values));
  }
  return answers;
}

/** In an interview the person has seen a question go away: what routing or the edition no longer asks is left out. */
function askedAnswers(form: Form, edition: Edition, entry: Entry): Record<string, unknown> {
  const answers: Record<string, unknown> = {};
  const codes = codesIn(answers);
  for (const field of fields(form)) {
    const values = given(entry, field.key);
    if (values.length === 0 || !asked(form, field, edition, codes)) continue;
    const value = one(field.takes, values);
    if (field.takes.what === "one" && typeof value === "string") {
      const choice = field.takes.choices.find((one) => one.code === value);
      if (!choice || !offered(choice.text).includes(edition)) continue;
    }
    answers[field.key] = value;
  }
  return answers;
}

/** The codes in raw answers, as routing reads them. */
function codesIn(answers: Record<string, unknown>): (key: string) => readonly string[] {
  return (key) => {
    const value = Object.hasOwn(answers, key) ? answers[key] : undefined;
    return typeof value === "string" ? [value] : Array.isArray(value) ? (value as string[]) : [];
  };
}

/** The codes in an entry, for {@link asked} and for which page comes next. */
export function codesOfEntry(form: Form, edition: Edition, entry: Entry): (key: string) => readonly string[] {
  return codesIn(askedAnswers(form, edition, entry));
}

function given(entry: Entry, key: string): string[] {
  return (entry.values[key] ?? []).filter((value) => trim(value) !== "");
}

/** Values as a submission holds them. Several under a field that takes one stay several: two ticks are spoiled, and kept. */
function one(takes: Takes, values: string[]): unknown {
  const [first] = values;
  return values.length !== 1 || first === undefined || takes.what === "many" ? values : first;
}

/** On paper a day is written as British people write it; the resident's pages ask for its parts. */
function dated(takes: Takes, value: unknown): unknown {
  return takes.what === "date" && typeof value === "string" ? (day(value) ?? value) : value;
}

/** A day as British people write it, `14/12/2022`, or as `2022-12-14`; null when it is none. */
export function day(text: string): string | null {
  const iso = isoDay(trim(text));
  if (iso !== null) return iso;
  const parts = text.split(/[^0-9]+/).filter((part) => part !== "");
  const [d, m, y] = parts;
  if (parts.length !== 3 || d === undefined || m === undefined || y?.length !== 4) return null;
  return isoDay(`${y}-${m}-${d}`);
}

/** The facts that cannot be read, in words. */
export function wrongFacts(entry: Entry): Wrong[] {
  return FACTS.filter((key) => key.endsWith("_on")).flatMap((key) => {
    const text = trim(entry.values[key]?.[0] ?? "");
    if (text === "" || day(text) !== null) return [];
    return [{ key, text: `${text} is no day. Key it as day, month, year, such as 14/12/2022, or leave it empty.` }];
  });
}

/** What the person can put right, in words: the findings that would make the service hold it. Online words for every rule. */
export function wordsFor(form: Form, submission: Submission, checked: Checked): Wrong[] {
  const blocking = checked.findings.filter((finding) => effectOf(submission.channel, finding.rule) !== "note");
  return blocking.map((finding) => ({ key: finding.question ?? "", text: sentence(form, submission, finding) }));
}

const TO_DO: Partial<Record<Finding["rule"], string>> = {
  empty: "Nothing about the proposals has been answered yet.",
  unknown_question: "This form has no such question.",
  unknown_choice: "The question has no such choice.",
  not_offered: "This edition does not offer that choice.",
  wrong_kind: "A whole number goes here, without words.",
  one_choice_only: "Choose one answer only.",
  unreadable: "Take out the character that cannot be kept.",
  not_asked: "Leave this answer out, or change the answer that routes past the question.",
};

function sentence(form: Form, submission: Submission, finding: Finding): string {
  const kept = submission.channel === "paper" ? " If this is what the sheet says, mark it “cannot count”: it is kept as it was written." : "";
  const detail = finding.detail ?? "";
  const takes = finding.question === undefined ? undefined : fieldOf(form, finding.question)?.takes.what;
  switch (finding.rule) {
    case "out_of_range":
      return `Only ${detail} can count here.${kept}`;
    case "not_a_date":
      return `${detail} is no day. Give it as day, month, year, such as 14/12/2022.${kept}`;
    case "too_long":
      return `Shorten this to ${detail} characters.${kept}`;
    case "wrong_kind":
      return takes === "number" ? `${TO_DO.wrong_kind}${kept}` : `This is not the kind of answer that goes here.${kept}`;
    default:
      return `${TO_DO[finding.rule] ?? "Look at this answer again."}${kept}`;
  }
}
