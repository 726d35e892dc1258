//! Routing: the fields of a form, which of them are asked, and which pages a person sees. As `domain/{question,check,paging}.rs`.

import type { Choice, Condition, Edition, Form, Question, Section, Text } from "./shapes";

/** The most UTF-16 units of a free-text answer, unless the question says otherwise. */
export const TEXT_LIMIT = 4000;

/** The most UTF-16 units of own words beside a choice. */
export const OWN_WORDS_LIMIT = 300;

/** What may stand in a field. */
export type Takes =
  | { readonly what: "one"; readonly choices: readonly Choice[] }
  | { readonly what: "many"; readonly choices: readonly Choice[] }
  | { readonly what: "text"; readonly limit: number }
  | { readonly what: "number"; readonly least: number | null; readonly most: number | null }
  | { readonly what: "date" };

/** One answer's place: a flat key, and what may stand there. */
export interface Field {
  readonly key: string;
  readonly section: number;
  readonly question: number;
  readonly part: "answer" | "own_words" | "statement" | "comment";
  /** The index of the statement it belongs to, if it belongs to one. */
  readonly statement: number | null;
  readonly takes: Takes;
  readonly editions: readonly Edition[];
}

/** One page of a form. */
export interface Page {
  readonly slug: string;
  readonly section: number;
  readonly information: boolean;
  readonly questions: readonly number[];
}

/** What routing reads of the answers so far: codes by field. */
export type Codes = (key: string) => readonly string[];

const EDITIONS: readonly Edition[] = ["standard", "easy_read"];

/** The editions that have a wording for this, in any language. */
export function offered(text: Text): Edition[] {
  const has = (edition: Edition) => Object.keys(text).some((key) => key === edition || isTranslation(key, edition));
  return EDITIONS.filter(has);
}

function isTranslation(key: string, edition: Edition): boolean {
  return key.startsWith(`${edition}_`) && /^[a-z]{2,3}$/.test(key.slice(edition.length + 1));
}

const made = new WeakMap<Form, { all: readonly Field[]; by: ReadonlyMap<string, Field> }>();

function lookUp(form: Form): { all: readonly Field[]; by: ReadonlyMap<string, Field> } {
  const known = made.get(form);
  if (known) return known;
  const all = form.section.flatMap((section, s) => (section.question ?? []).flatMap((question, q) => fieldsOf(form, question, s, q)));
  const by = new Map<string, Field>();
  for (const field of all) if (!by.has(field.key)) by.set(field.key, field);
  const found = { all, by };
  made.set(form, found);
  return found;
}

/** Every field, in the order of the form. */
export function fields(form: Form): readonly Field[] {
  return lookUp(form).all;
}

/** The field with this key. */
export function fieldOf(form: Form, key: string): Field | undefined {
  return lookUp(form).by.get(key);
}

/** The section and question of a field. */
export function placeOf(form: Form, field: Field): { section: Section; question: Question } {
  const section = form.section[field.section];
  const question = section?.question?.[field.question];
  if (!section || !question) throw new RangeError(`the form has no place for ${field.key}`);
  return { section, question };
}

function fieldsOf(form: Form, question: Question, section: number, number: number): Field[] {
  const at = { section, question: number };
  const editions = offered(question.text);
  const own = question.max_length ?? OWN_WORDS_LIMIT;
  const found: Field[] = [];
  if (question.kind === "statements") {
    (question.statement ?? []).forEach((statement, index) => {
      const key = `${question.key}_${statement.code}`;
      const both = offered(statement.text).filter((edition) => editions.includes(edition));
      const takes: Takes = { what: "one", choices: offers(form, question) };
      found.push({ ...at, key, part: "statement", statement: index, takes, editions: both });
      if (question.comments) {
        const words: Takes = { what: "text", limit: own };
        found.push({ ...at, key: `${key}_comment`, part: "comment", statement: index, takes: words, editions: both });
      }
    });
  } else {
    found.push({ ...at, key: question.key, part: "answer", statement: null, takes: takesOf(form, question), editions });
  }
  if (question.own_words) {
    const takes: Takes = { what: "text", limit: own };
    found.push({ ...at, key: `${question.key}_other`, part: "own_words", statement: null, takes, editions });
  }
  return found;
}

function offers(form: Form, question: Question): readonly Choice[] {
  if (question.scale === undefined) return question.choice ?? [];
  return (form.scale ?? []).find((scale) => scale.code === question.scale)?.choice ?? [];
}

function takesOf(form: Form, question: Question): Takes {
  switch (question.kind) {
    case "choose_one":
    case "scale":
    case "statements":
      return { what: "one", choices: offers(form, question) };
    case "choose_many":
      return { what: "many", choices: question.choice ?? [] };
    case "free_text":
      return { what: "text", limit: question.max_length ?? TEXT_LIMIT };
    case "number":
      return { what: "number", least: question.least ?? null, most: question.most ?? null };
    case "date":
      return { what: "date" };
  }
}

/** Whether the answers so far satisfy a condition; none is always satisfied. */
export function holds(condition: Condition | undefined, codes: Codes): boolean {
  return condition === undefined || codes(condition.question).some((code) => condition.is.includes(code));
}

/** Whether routing and the edition ask this field, given the answers so far. */
export function asked(form: Form, field: Field, edition: Edition, codes: Codes): boolean {
  const { question } = placeOf(form, field);
  const statement = field.statement === null ? undefined : question.statement?.[field.statement];
  return field.editions.includes(edition) && holds(question.ask_if, codes) && holds(statement?.ask_if, codes);
}

/** The pages of an edition, in order. */
export function pages(form: Form, edition: Edition): Page[] {
  return form.section.flatMap((section, index) => sectionPages(section, index, edition));
}

function sectionPages(section: Section, index: number, edition: Edition): Page[] {
  const found: { slug: string; section: number; information: boolean; questions: number[] }[] = [];
  const informs = Object.keys(section.information ?? {}).length > 0 || (section.area ?? []).length > 0;
  if (informs) found.push({ slug: kebab(section.key), section: index, information: true, questions: [] });
  (section.question ?? []).forEach((question, number) => {
    if (!offered(question.text).includes(edition)) return;
    const page = found.at(-1);
    const depends = page?.questions.some((q) => section.question?.[q]?.key === question.ask_if?.question) ?? false;
    if (page && edition === "standard" && !depends) {
      page.questions.push(number);
    } else {
      const first = found.length === 0 && edition === "standard";
      found.push({ slug: kebab(first ? section.key : question.key), section: index, information: false, questions: [number] });
    }
  });
  return found;
}

/** Whether there is anything on a page for this person: information, or a question that routing asks. */
export function pageIsFor(form: Form, page: Page, codes: Codes): boolean {
  const section = form.section[page.section];
  return page.information || page.questions.some((q) => holds(section?.question?.[q]?.ask_if, codes));
}

/** A key as an address part. */
export function kebab(key: string): string {
  return key.replaceAll("_", "-");
}
