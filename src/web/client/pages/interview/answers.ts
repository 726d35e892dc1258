//! Check answers: what a person answered, question by question, in the words of their edition.

import { fields, type Bundle, type Draft, type Edition, type Field } from "../../api";
import { el, type Child } from "../dom";
import { dayInWords } from "../when";
import { ABOUT_YOU, askedOn, fieldName, said, shown, steps } from "./plan";

interface Line {
  question: string;
  answer: string[];
  /** The number of the step on which it is changed. */
  step: number;
}

/** The lists of answers, section by section, each with a link to change it. */
export function answers(bundle: Bundle, draft: Draft, address: (step: number) => string): HTMLElement[] {
  const { edition } = draft;
  const form = bundle.definition;
  const wanted = draft.entry.values[ABOUT_YOU]?.[0] === "yes";
  const groups = form.section.map((section, index) => {
    if (section.after_sending && !wanted) return null;
    const own = fields(form).filter((field) => field.section === index);
    const lines = own.map((field) => line(bundle, draft, field)).filter((one) => one !== null);
    return lines.length === 0 ? null : group(bundle, edition, shown(section.title, edition), lines, address, index);
  });
  const last = group(bundle, edition, said(bundle, edition, "check-before-sending"), aboutThis(bundle, draft), address, form.section.length);
  return [...groups, last].filter((one) => one !== null);
}

function line(bundle: Bundle, draft: Draft, field: Field): Line | null {
  const form = bundle.definition;
  if (askedOn(form, draft, [field.key]).length === 0) return null;
  const given = draft.entry.values[field.key] ?? [];
  const answer = inWords(field, given, draft.edition);
  // Room for own words and comments is shown only where it was used.
  if (answer.length === 0 && (field.part === "own_words" || field.part === "comment")) return null;
  return { question: fieldName(form, field, draft.edition), answer, step: stepOf(bundle, draft, field.key) };
}

function inWords(field: Field, given: readonly string[], edition: Edition): string[] {
  const { takes } = field;
  if (takes.what === "one" || takes.what === "many") {
    const labels = given.map((code) => takes.choices.find((choice) => choice.code === code));
    return labels.flatMap((choice) => (choice && choice.text[edition] !== undefined ? [shown(choice.text, edition)] : []));
  }
  if (takes.what === "date") return given.map(dayInWords);
  return given.flatMap((text) => text.split(/\r?\n/));
}

function stepOf(bundle: Bundle, draft: Draft, key: string): number {
  const page = bundle.editions[draft.edition]?.pages.find((one) => one.fields.includes(key));
  const all = steps(bundle.definition, draft);
  return all.findIndex((step) => step.what === "page" && step.slug === page?.slug);
}

function aboutThis(bundle: Bundle, draft: Draft): Line[] {
  const { edition, entry } = draft;
  const one = (key: string, id: string): Line => {
    const code = entry.values[`sheet.${key}`]?.[0];
    const answer = code === undefined ? [] : [said(bundle, edition, `${id}-${code.replaceAll("_", "-")}`)];
    return { question: said(bundle, edition, `${id}-question`).replace(/\?$/, ""), answer, step: stepOf(bundle, draft, key) };
  };
  return [one("quote_consent", "quote"), one("help", "help")];
}

function group(bundle: Bundle, edition: Edition, title: string, lines: readonly Line[], address: (step: number) => string, index: number): HTMLElement {
  const row = ({ question, answer, step }: Line): HTMLElement => {
    const value: Child[] = answer.length > 0 ? answer.map((text) => el("p", {}, text)) : [el("span", { class: "app-blank" }, said(bundle, edition, "check-not-answered"))];
    const lead = el("a", { href: address(step) }, said(bundle, edition, "check-change"), el("span", { class: "nhsuk-u-visually-hidden" }, ` ${title}: ${question}`));
    return el(
      "div",
      { class: "nhsuk-summary-list__row" },
      el("dt", { class: "nhsuk-summary-list__key" }, question),
      el("dd", { class: "nhsuk-summary-list__value" }, ...value),
      el("dd", { class: "nhsuk-summary-list__actions" }, lead),
    );
  };
  const id = `group-${index + 1}`;
  return el(
    "section",
    { "aria-labelledby": id },
    el("h2", { class: "nhsuk-heading-m", id }, title),
    el("dl", { class: "nhsuk-summary-list app-answers" }, ...lines.map(row)),
  );
}
