//! The device's rules against the service's: every case that `tests/vectors.rs` wrote down.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { describe, it } from "node:test";

import type { Draft } from "../api";
import { check, codesOf } from "../check";
import type { Answers } from "../check";
import { FACTS, submissionOf, wrongFacts } from "../entry";
import { pageIsFor, pages } from "../routing";
import type { Channel, Edition, Entry, Form, Submission } from "../shapes";

const FOLDER = "tests/vectors";

interface Vectors {
  form: Form;
  pages: Record<Edition, unknown>;
  submissions: {
    given: { edition: Edition; channel: Channel; answers: Record<string, unknown>; spoiled: string[]; illegible: string[] };
    said: { outcome: string; findings: unknown[]; answers?: Partial<Answers>; pages?: string[] };
  }[];
  sheets: { edition: Edition; entry: Entry; submission: Record<string, unknown>; wrong: { key: string; text: string }[] }[];
  interviews: { edition: Edition; entry: Entry; submission: { answers: unknown } }[];
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
assert(files.length > 8, "there are vectors to hold the rules to");

const NOTHING = { completed_on: null, posted_on: null, received_on: null, help: null, quote_consent: null };

function draft(mode: Draft["mode"], edition: Edition, entry: Entry): Draft {
  const ids = { response_id: "r", consultation: "c", bundle: "b", form_version: 1, batch: null, sheet: null, supersedes: null };
  const rest = { begun_at: "", received_on: null, posted_on: null, event: null, page: null };
  return { ...ids, ...rest, mode, edition, entry, channel: mode === "interview" ? "face_to_face" : "paper", postmark: mode === "interview" ? "none" : "sheet" };
}

/** Members that are there on one side only because they are empty. */
function filled(answers: Partial<Answers>): Answers {
  return { values: {}, not_asked: {}, illegible: [], spoiled: {}, ...answers };
}

for (const name of files) {
  const { form, pages: outlines, submissions, sheets, interviews } = JSON.parse(readFileSync(`${FOLDER}/${name}`, "utf8")) as Vectors;
  describe(name, () => {
    for (const edition of ["standard", "easy_read"] as const) {
      it(`has the same ${edition} pages`, () => assert.deepEqual(pages(form, edition), outlines[edition]));
    }

    it("gives the same answers, findings and pages for each submission", () => {
      submissions.forEach(({ given, said }, number) => {
        const submission: Submission = { ...NOTHING, response_id: "r", revision_id: "v", form_version: form.version, ...given };
        const checked = check(form, submission);
        assert.equal(checked.outcome, said.outcome, `outcome of ${number}`);
        assert.deepEqual(checked.findings, said.findings, `findings of ${number}`);
        if (!said.answers || !said.pages) return;
        assert.deepEqual(checked.answers, filled(said.answers), `answers of ${number}`);
        const codes = (key: string) => codesOf(checked.answers, key);
        const shown = pages(form, given.edition).filter((page) => pageIsFor(form, page, codes));
        assert.deepEqual(shown.map((page) => page.slug), said.pages, `pages of ${number}`);
      });
    });

    it("makes the same submission of each keyed sheet", () => {
      sheets.forEach(({ edition, entry, submission, wrong }, number) => {
        const made = submissionOf(form, draft("sheet", edition, entry), { revision_id: "v", keyed_by: "k", device: "d" });
        const { answers, spoiled, illegible, completed_on, posted_on, help, quote_consent, origin } = made;
        const paper_reference = origin?.paper_reference ?? null;
        const ours = { answers, spoiled, illegible, completed_on, posted_on, help, quote_consent, paper_reference };
        assert.deepEqual(ours, submission, `sheet ${number}`);
        assert.deepEqual(wrongFacts(entry), wrong.filter((one) => (FACTS as readonly string[]).includes(one.key)), `facts of ${number}`);
      });
    });

    it("makes the same submission of each interview", () => {
      interviews.forEach(({ edition, entry, submission }, number) => {
        const made = submissionOf(form, draft("interview", edition, entry), { revision_id: "v", keyed_by: "k", device: "d" });
        assert.deepEqual(made.answers, submission.answers, `interview ${number}`);
      });
    });
  });
}
