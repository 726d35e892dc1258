//! What is to be keyed: the open batches of each consultation, and the sheets of one of them.

import type { BatchHere, Kept, PulledConsultation } from "../api";
import type { App, Page } from "./app";
import { to, trouble } from "./app";
import { button, buttonLink, el, facts, heading, inset, link, paragraph, type Child } from "./dom";
import { refresh } from "./home";
import { EDITION, sourceName } from "./names";
import { bundleFor, bundleOf, consultationOf, nextSheet, open, toKey, type ToKey } from "./shelf";
import { dayInWords, many, moment } from "./when";

/** Every open batch of one consultation, or of all. */
export async function batches(app: App, [code]: string[]): Promise<Page> {
  const all = (await app.device.consultations()).filter(open);
  const shown = code === undefined ? all : all.filter((one) => one.code === code);
  const parts = await Promise.all(shown.map((one) => portion(app, one)));
  return {
    title: "Key paper",
    back: "/",
    follows: ["shelf", "queue", "drafts"],
    main: [
      heading(1, "Key paper"),
      ...(shown.length === 0 ? [inset(paragraph("No consultation on this device takes paper at the moment."))] : []),
      ...parts.flat(),
      refresh(app, "Look for new batches"),
    ],
  };
}

async function portion(app: App, consultation: PulledConsultation): Promise<Child[]> {
  const found = await app.device.batches(consultation.code);
  return [
    heading(2, consultation.title),
    found.length === 0
      ? paragraph("No batch is waiting on this device. The desk officer counts batches in; they come here when there is a network.")
      : el("ul", { class: "app-items" }, ...found.map((batch) => item(app, consultation, batch))),
    paragraph(link(to(`/paper/${consultation.code}`), "Key paper that belongs to no batch", `for ${consultation.title}`)),
  ];
}

function item(app: App, consultation: PulledConsultation, batch: BatchHere): HTMLElement {
  const left = toKey(batch, app.status.profile?.id ?? "");
  const base = `${consultation.code}/${batch.batch}`;
  const next = nextSheet(left, 0);
  return el(
    "li",
    { class: "app-item" },
    heading(3, `Batch ${batch.batch}: ${batch.place}`),
    paragraph(`${sourceName(batch.source)}, ${EDITION[batch.edition].toLowerCase()}, version ${batch.form_version}. Received ${dayInWords(batch.received_on)}.`),
    paragraph(leftInWords(batch, left)),
    el(
      "div",
      { class: "nhsuk-button-group" },
      next !== null && buttonLink(to(`/key/${base}/${next}`), left.first.length > 0 ? `Key sheet ${next}` : `Key sheet ${next} a second time`),
      link(to(`/batch/${base}`), "All its sheets", `of batch ${batch.batch}`),
    ),
  );
}

function leftInWords(batch: BatchHere, left: ToKey): string {
  const second = left.second.length > 0 ? ` ${many(left.second.length, "sheet")} to key a second time.` : "";
  return left.first.length === 0
    ? `All ${many(batch.sheets, "sheet")} have been keyed or ended.${second}`
    : `${many(left.first.length, "sheet")} of ${batch.sheets} to key.${second}`;
}

/** What is known of a batch, carried forward to each of its sheets. */
export function about(batch: BatchHere): [string, Child][] {
  const lines: [string, Child][] = [
    ["From", `${sourceName(batch.source)}: ${batch.place}`],
    ["Received", dayInWords(batch.received_on)],
    ["Edition", `${EDITION[batch.edition]}, version ${batch.form_version}`],
  ];
  if (batch.postmark === "batch" && batch.posted_on) lines.push(["Postmark", dayInWords(batch.posted_on)]);
  return lines;
}

/** A batch that is on this device, with what keys it. */
export async function batchOf(app: App, code: string, number: number): Promise<{ consultation: PulledConsultation; batch: BatchHere } | Page> {
  const consultation = await consultationOf(app.device, code);
  const batch = consultation && (await app.device.batches(code)).find((one) => one.batch === number);
  if (consultation && batch) return { consultation, batch };
  return trouble(
    "This batch is not on this device",
    paragraph("It may have been closed, or the device has not heard of it yet. What was saved of it is still sent."),
    paragraph(link(to("/batches"), "See the batches that are here")),
  );
}

/** The sheets of one batch. */
export async function batch(app: App, [code = "", number = ""]: string[]): Promise<Page> {
  const found = await batchOf(app, code, Number(number));
  if ("main" in found) return found;
  const { consultation, batch: one } = found;
  const me = app.status.profile?.id ?? "";
  const left = toKey(one, me);
  const base = `${code}/${one.batch}`;
  const link_ = bundleFor(consultation, one.form_version);
  const ready = link_ !== null && (await bundleOf(app.device, link_.digest)) !== null;
  const mine = await savedHere(app, code, one.batch);
  const taken = one.drafts_here.filter((draft) => draft.profile !== me).map((draft) => draft.sheet);
  return {
    title: `Batch ${one.batch}`,
    back: "/batches",
    follows: ["shelf", "queue", "drafts"],
    main: [
      heading(1, `Batch ${one.batch}: ${one.place}`),
      facts(...about(one), ["To key", leftInWords(one, left)]),
      !ready && inset(paragraph(`The questions of version ${one.form_version} are not on this device yet.`), refresh(app, "Get them now")),
      ready && left.first.length > 0 && numbers("Sheets nobody has keyed", `/key/${base}`, left.first, "sheet"),
      ready && left.second.length > 0 && numbers("Sheets to key a second time, blind", `/key/${base}`, left.second, "second keying of sheet"),
      taken.length > 0 && paragraph(`Somebody else has begun ${taken.length === 1 ? "sheet" : "sheets"} ${taken.join(", ")} on this device.`),
      mine.length > 0 && heading(2, "Saved on this device"),
      mine.length > 0 && el("ul", { class: "app-items" }, ...mine.map((kept) => savedItem(app, kept))),
    ],
  };
}

function numbers(title: string, base: string, sheets: readonly number[], hidden: string): HTMLElement {
  const lead = (sheet: number): HTMLElement => {
    const made = el("a", { href: to(`${base}/${sheet}`) }, el("span", { class: "nhsuk-u-visually-hidden" }, `${hidden} `), String(sheet));
    return el("li", {}, made);
  };
  return el("section", {}, heading(2, title), el("ul", { class: "app-numbers" }, ...sheets.map(lead)));
}

async function savedHere(app: App, code: string, number: number): Promise<Kept[]> {
  const kept = await app.device.kept({ most: 200 });
  return kept.filter((one) => one.consultation === code && one.batch === number && one.keyed_by === app.status.profile?.id).slice(0, 20);
}

function savedItem(app: App, kept: Kept): HTMLElement {
  const editable = kept.editable_until !== null && kept.kind === "sheet";
  return el(
    "li",
    { class: "app-item" },
    heading(3, `Sheet ${kept.sheet ?? ""}`),
    paragraph(`${kept.kind === "sheet_end" ? "Ended without being keyed" : "Saved"} ${moment(kept.finalised_at)}.`),
    editable && button("Change it", () => change(app, kept.revision_id), "small", { "aria-label": `Change sheet ${kept.sheet ?? ""}` }),
  );
}

/** Opens something saved again, within its 15 minutes, and goes to it. */
export async function change(app: App, revision: string): Promise<void> {
  const opened = await app.device.edit(revision);
  if (!opened) {
    alert("It is too late to change it here: it was saved more than 15 minutes ago. Tell the desk officer what is wrong with it.");
    app.again();
    return;
  }
  const { draft } = opened;
  await opened.close();
  app.go(draft.mode === "sheet" ? `/key/${draft.consultation}/${draft.batch}/${draft.sheet}` : draft.mode === "paper" ? `/paper/${draft.consultation}/${draft.response_id}` : `/interviewing/${draft.response_id}`);
}
