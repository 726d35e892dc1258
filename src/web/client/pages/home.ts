//! Home: what is ready on this device, what was begun, and where to begin.

import { Unreached, type Draft, type PulledConsultation } from "../api";
import type { App, Page } from "./app";
import { to } from "./app";
import { button, buttonLink, details, el, heading, inset, link, list, paragraph, tag, type Child } from "./dom";
import { EDITION } from "./names";
import { open, readiness, toKey, type Readiness } from "./shelf";
import { lastDay, many, moment } from "./when";

export async function home(app: App): Promise<Page> {
  const { device, status } = app;
  const [consultations, drafts] = await Promise.all([device.consultations(), device.drafts()]);
  const cards = await Promise.all(consultations.map((one) => card(app, one)));
  return {
    title: "Home",
    follows: ["shelf", "drafts"],
    main: [
      heading(1, status.device?.name ?? "Home"),
      status.device && paragraph(status.device.place),
      ...unfinished(app, drafts, consultations),
      heading(2, "Consultations on this device"),
      cards.length === 0
        ? inset(paragraph("None yet. They come from the service once this device has a network and its keyers have been given a consultation."), refresh(app, "Look for them now"))
        : el("ul", { class: "app-cards" }, ...cards),
      cards.length > 0 && refresh(app, "Look for news now"),
      details(
        "This device",
        list(
          link(to("/begin"), "Add a keyer to this device"),
          link(to("/passphrase"), "Change my passphrase"),
          link(to("/rescue"), "Make a rescue file of what has not been sent"),
        ),
        paragraph(status.persisted ? "This browser has promised to keep what is saved here." : "This browser has not promised to keep what is saved here. Connect to a network at least once a week."),
      ),
    ],
  };
}

async function card(app: App, consultation: PulledConsultation): Promise<HTMLElement> {
  const { device, status } = app;
  const [versions, batches] = await Promise.all([readiness(device, consultation), device.batches(consultation.code)]);
  const left = batches.map((batch) => toKey(batch, status.profile?.id ?? ""));
  const sheets = left.reduce((sum, one) => sum + one.first.length + one.second.length, 0);
  const ready = versions.some((version) => version.here);
  return el(
    "li",
    { class: "app-card" },
    heading(3, consultation.title),
    paragraph(`${consultation.owner}. ${stage(consultation)}`),
    consultation.synthetic && paragraph(tag("Demonstration", "grey")),
    ...versions.map((version) => versionLine(version, app.status.checked_at)),
    versions.some((version) => !version.here) && refresh(app, "Get it now"),
    ready && open(consultation) && paragraph(`Paper: ${work(batches.length, sheets)}.`),
    ready &&
      open(consultation) &&
      el(
        "div",
        { class: "nhsuk-button-group" },
        named(buttonLink(to(`/batches/${consultation.code}`), "Key paper", "small"), consultation.title),
        named(buttonLink(to(`/interview/${consultation.code}`), "Interview somebody", "small"), consultation.title),
      ),
    !open(consultation) && paragraph("Nothing more can be taken in for it on this device. What was saved is still sent."),
  );
}

/** Says for those who hear it alone what it is about. */
function named(lead: HTMLElement, about: string): HTMLElement {
  lead.append(el("span", { class: "nhsuk-u-visually-hidden" }, `: ${about}`));
  return lead;
}

function work(batches: number, sheets: number): string {
  if (batches === 0) return "no batch is waiting";
  return `${many(batches, "batch", "batches")}, ${sheets === 0 ? "nothing left for you to key" : `${many(sheets, "sheet")} to key`}`;
}

/** Until when, in words. */
export function stage(consultation: PulledConsultation): string {
  if (consultation.stage === "open") return `Open until the end of ${lastDay(consultation.closes_at)}.`;
  if (consultation.stage === "closing") return `Closed to the public on ${lastDay(consultation.closes_at)}. Paper that came in time may still be keyed.`;
  return consultation.stage === "closed" ? "Closed." : "Not open yet.";
}

function versionLine({ link: version, here }: Readiness, checked: string | null): HTMLElement {
  const editions = version.editions.map((edition) => EDITION[edition]).join(" and ");
  const name = `Version ${version.version}: ${editions}`;
  const when = checked ? `, checked ${moment(checked)}` : "";
  return here
    ? el("p", {}, tag("Ready for offline", "green"), ` ${name}${when}`)
    : el("p", {}, tag("Not on this device yet", "yellow"), ` ${name}`);
}

/** A button that asks the service for news, and says what came of it. */
export function refresh(app: App, words: string): HTMLElement {
  const said = el("p", { class: "app-kept", role: "status" });
  const press = button(
    words,
    async () => {
      said.textContent = "Looking …";
      try {
        await app.device.refresh();
        said.textContent = "Up to date.";
        app.again();
        app.say("Up to date.");
      } catch (error) {
        said.textContent =
          error instanceof Unreached ? "The service cannot be reached. Check the network and try again." : `That did not work: ${error instanceof Error ? error.message : String(error)}`;
      }
    },
    "small",
  );
  return el("div", {}, press, said);
}

function unfinished(app: App, drafts: readonly Draft[], consultations: readonly PulledConsultation[]): Child[] {
  if (drafts.length === 0) return [];
  const title = (code: string): string => consultations.find((one) => one.code === code)?.title ?? code;
  return [
    heading(2, "Begun and not finished"),
    el("ul", { class: "app-items" }, ...drafts.map((draft) => item(app, draft, title(draft.consultation)))),
  ];
}

function item(app: App, draft: Draft, title: string): HTMLElement {
  const name = draftName(draft);
  return el(
    "li",
    { class: "app-item" },
    heading(3, name),
    paragraph(`${title}. Begun ${moment(draft.begun_at)}.`),
    el(
      "div",
      { class: "nhsuk-button-group" },
      buttonLink(to(draftPath(draft)), `Go on${draft.supersedes === null ? "" : " with the change"}`),
      button("Throw it away", () => throwAway(app, draft, name), "small", { "aria-label": `Throw away: ${name}` }),
    ),
  );
}

async function throwAway(app: App, draft: Draft, name: string): Promise<void> {
  const rest = draft.supersedes === null ? "What was typed is deleted and cannot be brought back." : "What was saved before stays as it was.";
  if (!confirm(`Throw away: ${name}? ${rest}`)) return;
  const open = await app.device.open(draft.response_id);
  if (open?.writable) await open.discard();
  else app.say("Another tab has it open. Close it there first.");
  app.again();
}

/** What a draft is, in words. */
export function draftName(draft: Draft): string {
  if (draft.mode === "sheet") return `Batch ${draft.batch}, sheet ${draft.sheet}`;
  return draft.mode === "interview" ? `Interview, ${EDITION[draft.edition].toLowerCase()}` : "A sheet of paper that belongs to no batch";
}

/** Where a draft is gone on with. */
export function draftPath(draft: Draft): string {
  if (draft.mode === "interview") return `/interviewing/${draft.response_id}`;
  return draft.mode === "sheet" ? `/key/${draft.consultation}/${draft.batch}/${draft.sheet}` : `/paper/${draft.consultation}/${draft.response_id}`;
}
