//! Keying a batch, sheet by sheet: the next one comes by itself, and the last one can be taken up again.

import type { BatchHere, Device, Finalised, OpenDraft, PulledConsultation } from "../api";
import { to, trouble, type App, type Page } from "./app";
import { about, batchOf, change } from "./batches";
import { button, callout, el, link, paragraph, type Child } from "./dom";
import { refresh } from "./home";
import { bundleFor, bundleOf, nextSheet, toKey } from "./shelf";
import { sheetPage } from "./sheet";

/** What was saved last, to be said on the next page. */
interface Saved {
  code: string;
  batch: number;
  sheet: number;
  words: string;
  /** Nothing when it cannot be taken up again. */
  revision: string | null;
  until: string | null;
}

let saved: Saved | null = null;

/** Remembers what was saved last. */
export function remember(last: Saved): void {
  saved = last;
}

/** One sheet of a batch. */
export async function key(app: App, [code = "", number = "", sheet = ""]: string[]): Promise<Page> {
  const found = await batchOf(app, code, Number(number));
  if ("main" in found) return found;
  const { consultation, batch } = found;
  const bundleLink = bundleFor(consultation, batch.form_version);
  const bundle = bundleLink && (await bundleOf(app.device, bundleLink.digest));
  if (!bundle) return notHere(app, batch);
  const me = app.status.profile?.id ?? "";
  const task = taskOf(batch, Number(sheet), me);
  const opened = await takeUp(app.device, consultation, batch, Number(sheet), bundle.digest, task !== null);
  if (!opened) return notYours(app, batch, Number(sheet));
  const changes = opened.draft.supersedes !== null;
  const title = changes ? `Change sheet ${sheet} of batch ${batch.batch}` : task === "second" ? `Key sheet ${sheet} of batch ${batch.batch} a second time` : `Key sheet ${sheet} of batch ${batch.batch}`;
  return sheetPage(app, {
    open: opened,
    bundle,
    title,
    store: `Store sheet ${sheet}`,
    back: `/batch/${code}/${batch.batch}`,
    before: [
      savedLine(app, code, batch.batch),
      task === "second" && !changes && paragraph("Somebody has keyed this sheet before. Key what you read; nothing of theirs is on this device."),
      changes && paragraph("This is what you keyed. Storing replaces it."),
      el("p", { class: "app-list__meta" }, about(batch).map(([name, value]) => `${name}: ${String(value)}`).join(" · ")),
    ],
    after: [!changes && task !== "second" && paragraph(link(to(`/end/${code}/${batch.batch}/${sheet}`), "This sheet cannot be keyed: spoiled, duplicate or void"))],
    stored: (finalised) => void stored(app, code, batch.batch, Number(sheet), finalised),
  });
}

function taskOf(batch: BatchHere, sheet: number, me: string): "first" | "second" | null {
  const left = toKey(batch, me);
  if (left.first.includes(sheet)) return "first";
  return left.second.includes(sheet) ? "second" : null;
}

/** The draft of this sheet that was begun before, or a new one. */
async function takeUp(device: Device, consultation: PulledConsultation, batch: BatchHere, sheet: number, bundle: string, may: boolean): Promise<OpenDraft | null> {
  const own = (await device.drafts()).find((draft) => draft.mode === "sheet" && draft.consultation === consultation.code && draft.batch === batch.batch && draft.sheet === sheet);
  if (own) return device.open(own.response_id);
  if (!may) return null;
  const beginning = { mode: "sheet", consultation: consultation.code, bundle, edition: batch.edition, channel: batch.channel, batch: batch.batch, sheet } as const;
  return device.begin(beginning);
}

async function stored(app: App, code: string, batch: number, sheet: number, { revision_id: revision, editable_until: until }: Finalised): Promise<void> {
  remember({ code, batch, sheet, words: `Sheet ${sheet} is saved on this device.`, revision, until });
  await goOn(app, code, batch, sheet);
}

/** On to the next sheet, or to the batch when there is none left. */
export async function goOn(app: App, code: string, number: number, after: number): Promise<void> {
  const batch = (await app.device.batches(code)).find((one) => one.batch === number);
  const next = batch ? nextSheet(toKey(batch, app.status.profile?.id ?? ""), after) : null;
  app.replace(next === null ? `/done/${code}/${number}` : `/key/${code}/${number}/${next}`);
  app.say(saved?.words ?? "");
}

function savedLine(app: App, code: string, batch: number): Child {
  if (!saved || saved.code !== code || saved.batch !== batch) return null;
  const { words, revision, until, sheet } = saved;
  const still = revision !== null && until !== null && Date.parse(until) > Date.now();
  const again = still && button(`Change sheet ${sheet}`, () => change(app, revision));
  if (again) again.className = "app-link-button";
  return el("div", { class: "app-saved", id: "saved" }, el("p", {}, el("strong", {}, "Saved. "), words), again);
}

/** Nothing is left to key in the batch. */
export async function done(app: App, [code = "", number = ""]: string[]): Promise<Page> {
  return Promise.resolve({
    title: `Batch ${number} is keyed`,
    back: "/batches",
    main: [
      el("h1", { class: "nhsuk-heading-l", tabindex: -1 }, `Nothing is left for you to key in batch ${number}`),
      savedLine(app, code, Number(number)),
      paragraph("Each of its sheets has been keyed or ended, or waits for somebody else. Leave the app open while there is a network, so that they are sent."),
      paragraph(link(to("/batches"), "Key another batch")),
      paragraph(link(to("/queue"), "See what is saved and sent")),
    ],
  });
}

function notHere(app: App, batch: BatchHere): Page {
  return trouble(
    "The questions of this sheet are not on this device yet",
    paragraph(`Batch ${batch.batch} was printed from version ${batch.form_version}. Connect to a network to get it.`),
    refresh(app, "Get it now"),
  );
}

function notYours(app: App, batch: BatchHere, sheet: number): Page {
  const other = batch.drafts_here.find((draft) => draft.sheet === sheet);
  const name = app.status.profiles.find((profile) => profile.id === other?.profile)?.name;
  return trouble(
    `Sheet ${sheet} of batch ${batch.batch} is not to be keyed here`,
    callout("Why", paragraph(other ? `${name ?? "Somebody else"} has begun it on this device.` : "It has been keyed or ended already, or the batch has no such sheet.")),
  );
}
