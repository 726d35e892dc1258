//! A sheet that ends without being keyed: spoiled, a duplicate, or no return at all.

import { NotKept, type Ending } from "../api";
import type { App, Page } from "./app";
import { batchOf } from "./batches";
import { heading, paragraph } from "./dom";
import { form, line, radios, type Typed, type Wrong } from "./fields";
import { goOn, remember } from "./key";
import { ENDING } from "./names";
import { notKept } from "./sheet";

const OFFERS = [
  { value: "spoiled", text: ENDING.spoiled, hint: "Nothing on it can be read or counted. A blank sheet is a return: key it." },
  { value: "duplicate", text: ENDING.duplicate, hint: "A copy of a sheet that is already here." },
  { value: "void", text: ENDING.void, hint: "No return: a covering letter, a sheet of another pile, a number that was skipped." },
];

/** Asks what the sheet is, and why. */
export async function end(app: App, [code = "", number = "", sheet = ""]: string[]): Promise<Page> {
  const found = await batchOf(app, code, Number(number));
  if ("main" in found) return found;
  const title = `Batch ${number}, sheet ${sheet}: it cannot be keyed`;
  return {
    title,
    back: `/key/${code}/${number}/${sheet}`,
    main: [
      heading(1, title),
      paragraph("This is saved at once and cannot be changed here. If it was wrong, tell the desk officer."),
      form(
        `End sheet ${sheet}`,
        (typed) => ended(app, code, Number(number), Number(sheet), typed),
        radios("outcome", "What is it?", OFFERS),
        line({ id: "reason", label: "Why?", hint: "Write nothing that says who somebody is." }),
      ),
    ],
  };
}

async function ended(app: App, consultation: string, batch: number, sheet: number, typed: Typed): Promise<Wrong[]> {
  const outcome = typed("outcome") as Ending | "";
  const reason = typed("reason").trim();
  const wrong: Wrong[] = [];
  if (outcome === "") wrong.push({ field: "outcome", text: "Choose what the sheet is" });
  if (reason === "") wrong.push({ field: "reason", text: "Say why it cannot be keyed" });
  if (outcome === "" || wrong.length > 0) return wrong;
  try {
    await dropDraft(app, consultation, batch, sheet);
    await app.device.endSheet({ consultation, batch, sheet, outcome, reason });
  } catch (error) {
    if (error instanceof NotKept) return [{ field: "outcome", text: notKept(error) }];
    throw error;
  }
  remember({ code: consultation, batch, sheet, words: `Sheet ${sheet} is saved as ${ENDING[outcome].toLowerCase()}.`, revision: null, until: null });
  await goOn(app, consultation, batch, sheet);
  return [];
}

/** What had been typed of it is not wanted any more. */
async function dropDraft(app: App, consultation: string, batch: number, sheet: number): Promise<void> {
  const own = (await app.device.drafts()).find((draft) => draft.consultation === consultation && draft.batch === batch && draft.sheet === sheet);
  const open = own && (await app.device.open(own.response_id));
  if (open?.writable) await open.discard();
}
