//! Which page of an interview comes after which for this person, and where it stands in the questions. Pure.

import { asked, codesOfEntry, fields, pageIsFor, pages, type Bundle, type Draft, type Edition, type Entry, type Field, type Form } from "../../api";

/** A step of an interview. */
export type Step =
  /** A page of the form. */
  | { what: "page"; slug: string }
  /** Whether the person also wants to answer the questions about themselves. */
  | { what: "about_you" }
  | { what: "check" };

/** Under this key an interview remembers whether the questions about the person are wanted; it is no field of any form. */
export const ABOUT_YOU = "interview.about_you";

/** The pages that no form holds, in order. */
const BUILT_IN: Record<Edition, string[]> = { standard: ["before-you-send"], easy_read: ["quote-consent", "help"] };

/** The steps for this person, in order. What comes after depends only on what came before. */
export function steps(form: Form, draft: Pick<Draft, "edition" | "entry">): Step[] {
  const { edition, entry } = draft;
  const codes = codesOfEntry(form, edition, entry);
  const ofForm = (after: boolean): Step[] =>
    pages(form, edition)
      .filter((page) => (form.section[page.section]?.after_sending ?? false) === after && pageIsFor(form, page, codes))
      .map((page) => ({ what: "page", slug: page.slug }));
  const aboutYou = ofForm(true);
  const wanted = entry.values[ABOUT_YOU]?.[0] === "yes";
  return [
    ...ofForm(false),
    ...BUILT_IN[edition].map((slug): Step => ({ what: "page", slug })),
    ...(aboutYou.length > 0 ? [{ what: "about_you" } as Step] : []),
    ...(wanted ? aboutYou : []),
    { what: "check" },
  ];
}

/** Where a step stands; 0 when it is there no more. */
export function indexOf(all: readonly Step[], name: string | null): number {
  const found = all.findIndex((step) => nameOf(step) === name);
  return Math.max(found, 0);
}

/** What a draft remembers a step by. */
export function nameOf(step: Step): string {
  return step.what === "page" ? step.slug : `:${step.what}`;
}

/** The fields of a page that are asked of this person. */
export function askedOn(form: Form, draft: Pick<Draft, "edition" | "entry">, keys: readonly string[]): string[] {
  const codes = codesOfEntry(form, draft.edition, draft.entry);
  const known = new Map(fields(form).map((field) => [field.key, field]));
  return keys.filter((key) => {
    const field = known.get(key);
    return field ? asked(form, field, draft.edition, codes) : key === "quote_consent" || key === "help";
  });
}

/** The group of areas this person lives in; null when they named none. */
export function areaGroup(form: Form, entry: Entry): string | null {
  const areas = (form as { areas?: { question: string; group: { code: string; holds: string[] }[] } }).areas;
  const area = areas && entry.values[areas.question]?.[0];
  return (area && areas.group.find((group) => group.holds.includes(area))?.code) ?? null;
}

/** The page in another edition that asks what this one asks, or that opens the same section. */
export function counterpart(form: Form, from: Edition, slug: string, into: Edition): string {
  const page = pages(form, from).find((one) => one.slug === slug);
  const others = pages(form, into);
  const same = page && others.find((one) => one.section === page.section && one.questions.some((question) => page.questions.includes(question)));
  const section = page && others.find((one) => one.section === page.section);
  if (!page) return BUILT_IN[into][0] ?? "";
  return (same ?? section ?? others[0])?.slug ?? "";
}

/** A text of the furniture, with values in it. */
export function said(bundle: Bundle, edition: Edition, id: string, values: Record<string, string> = {}): string {
  const words = bundle.words[edition] as Record<string, string> | undefined;
  const text = words?.[id] ?? id;
  return Object.entries(values).reduce((all, [name, value]) => all.replaceAll(`{${name}}`, value), text);
}

/** A text of the form in an edition, without marks. */
export function shown(text: Readonly<Record<string, string>>, edition: Edition): string {
  return (text[edition] ?? text.standard ?? "").replaceAll("**", "");
}

/** What a field is called: the question, the statement, or the label of the own words. */
export function fieldName(form: Form, field: Field, edition: Edition): string {
  const question = form.section[field.section]?.question?.[field.question];
  if (!question) return field.key;
  const statement = field.statement === null ? undefined : question.statement?.[field.statement];
  const text = field.part === "own_words" ? question.own_words?.text : statement?.text;
  return shown(text ?? question.text, edition).replace(/[?.:]+$/, "");
}
