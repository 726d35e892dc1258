//! What is wrong with an answer, in the words of the person's edition, as the public pages say it.

import { browserLength, fieldOf, type Bundle, type Draft, type Finding } from "../../api";
import { fieldName, said } from "./plan";

/** Which wording goes with which rule. */
const WORDING: Record<Finding["rule"], string> = {
  wrong_kind: "wrong-kind",
  unknown_question: "unknown-choice",
  not_asked: "unknown-choice",
  unknown_choice: "unknown-choice",
  not_offered: "not-offered",
  one_choice_only: "one-choice-only",
  too_long: "too-long",
  unreadable: "unreadable",
  out_of_range: "out-of-range",
  not_a_date: "not-a-date",
  empty: "empty",
  contradiction: "empty",
  own_words_unasked: "empty",
};

/** A finding in words, with the field it is about; none when it is about the whole. */
export function inWords(bundle: Bundle, draft: Draft, { question: key = "", rule, detail = "" }: Finding): { key: string; text: string } {
  const field = fieldOf(bundle.definition, key);
  const typed = (draft.entry.values[key]?.[0] ?? "").trim().replaceAll("\r\n", "\n");
  const values = {
    question: field ? fieldName(bundle.definition, field, draft.edition) : key,
    limit: Number(detail).toLocaleString("en-GB"),
    length: browserLength(typed).toLocaleString("en-GB"),
    detail,
  };
  return { key, text: said(bundle, draft.edition, `error-${WORDING[rule]}`, values) };
}
