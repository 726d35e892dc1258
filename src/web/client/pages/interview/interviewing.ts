//! An interview under way: the resident's own pages, one at a time. The desk's pages are out of reach meanwhile.

import { check, submissionOf, type Bundle, type Edition, type OpenDraft } from "../../api";
import { parts, to, type App, type Look, type Page } from "../app";
import { button, callout, details, el, heading, on, paragraph, submit, type Child } from "../dom";
import { notKept } from "../sheet";
import { bundleOf, consultationOf } from "../shelf";
import { isEmpty } from "../written";
import { answers } from "./answers";
import { inWords } from "./errors";
import { read, show, showErrors } from "./form_page";
import { ABOUT_YOU, counterpart, indexOf, nameOf, said, steps, type Step } from "./plan";
import { remember, thanks } from "./thanks";

/** The interview that is open in this tab. */
interface Current {
  id: string;
  open: OpenDraft;
  bundle: Bundle;
  look: Look;
  /** Whether it is a demonstration: every page says so. */
  synthetic: boolean;
}

let current: Current | null = null;

/** One step of an interview, by its number; where it was left when none is given. */
export async function interviewing(app: App, [id = "", number, from]: string[]): Promise<Page> {
  const now = await take(app, id);
  if (!now) return thanks(app, []);
  if (!now.open.writable) return elsewhere(app, now);
  const { draft } = now.open;
  const all = steps(now.bundle.definition, draft);
  const at = number === undefined ? indexOf(all, draft.page) : Math.min(Math.max(Number(number) - 1, 0), all.length - 1);
  const step = all[at];
  if (!step) return thanks(app, []);
  if (draft.page !== nameOf(step)) now.open.change({ page: nameOf(step) });
  const place: Place = { app, now, all, at, checking: from === "check" };
  switch (step.what) {
    case "page":
      return formPage(place, step.slug);
    case "about_you":
      return aboutYou(place);
    case "check":
      return checkAnswers(place);
  }
}

interface Place {
  app: App;
  now: Current;
  all: Step[];
  at: number;
  /** Whether one came from check answers, and goes back there. */
  checking: boolean;
}

async function take(app: App, id: string): Promise<Current | null> {
  if (current?.id === id) return current;
  const open = await app.device.open(id);
  const bundle = open && (await bundleOf(app.device, open.draft.bundle));
  if (!open || !bundle) return null;
  const consultation = await consultationOf(app.device, open.draft.consultation);
  current = { id, open, bundle, look: lookOf(bundle, open.draft.edition, consultation?.title ?? "", consultation?.owner ?? ""), synthetic: consultation?.synthetic ?? false };
  return current;
}

function lookOf(bundle: Bundle, edition: Edition, title: string, owner: string): Look {
  return { interview: true, easy: edition === "easy_read", owner, service: title, theme: String(bundle.words.theme ?? "neutral") };
}

/** A page of the interview: nothing of what is asked or answered is in its title or address. */
function page(place: Place, main: Child[], keep: () => void = () => undefined): Page {
  const { app, now, at, checking } = place;
  return {
    title: now.look.service,
    look: now.look,
    main: [now.synthetic && demonstration(now), ...main, forStaff(app, now)],
    ...(at > 0 ? { back: checking ? address(now, lastIndex(place)) : address(now, at - 1) } : {}),
    leave: () => left(app, now, keep),
  };
}

function demonstration({ bundle, open }: Current): HTMLElement {
  const say = (id: string): string => said(bundle, open.draft.edition, id);
  const tag = el("strong", { class: "app-banner__tag" }, say("demo-tag"));
  return el("section", { class: "app-banner", "aria-label": say("demo-tag") }, el("p", {}, tag, ` ${say("demo")}`));
}

function address(now: Current, index: number, checking = false): string {
  return `/interviewing/${now.id}/${index + 1}${checking ? "/check" : ""}`;
}

function lastIndex(place: Place): number {
  return place.all.length - 1;
}

async function left(app: App, now: Current, keep: () => void): Promise<void> {
  try {
    keep();
    const [name, id] = parts();
    const stays = app.status.profile !== null && name === "interviewing" && id === now.id;
    if (stays || current !== now) return;
    current = null;
    // Nobody has answered anything: there is nothing to keep.
    if (app.status.profile !== null && isEmpty(now.open.draft.entry) && now.open.draft.supersedes === null) await now.open.discard();
    else await now.open.close();
  } catch {
    // Locked meanwhile: what was typed up to then is on the disk.
    current = null;
  }
}

/** On to the next step; what comes next depends on what was just answered. */
function onward(place: Place): void {
  const { app, now, at, checking } = place;
  const all = steps(now.bundle.definition, now.open.draft);
  app.go(address(now, checking ? all.length - 1 : Math.min(at + 1, all.length - 1)));
}

function formPage(place: Place, slug: string): Page {
  const { now, app } = place;
  const { bundle, open } = now;
  const shown = show(bundle, open.draft, slug);
  if (!shown) return page(place, [heading(1, "…")]);
  const { main, form, keys } = shown;
  const keep = (): void => open.change({ entry: read(form, keys, open.draft.entry) });
  on(form, "input", keep);
  on(form, "change", keep);
  const other: Edition = open.draft.edition === "standard" ? "easy_read" : "standard";
  if (!bundle.editions[other]) form.querySelector('[name="then"][value="edition"]')?.closest("p")?.remove();
  on(form, "submit", (event) => {
    event.preventDefault();
    keep();
    const by = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "";
    if (by === "edition") return changeEdition(app, now, slug, other);
    const wrong = faults(now, keys);
    showErrors(bundle, open.draft.edition, form, wrong);
    if (wrong.length === 0) onward(place);
  });
  return page(place, [main], keep);
}

/** The other wording, with the answers kept. */
function changeEdition(app: App, now: Current, slug: string, edition: Edition): void {
  const { definition } = now.bundle;
  const next = counterpart(definition, now.open.draft.edition, slug, edition);
  now.open.change({ edition, page: next });
  now.look = { ...now.look, easy: edition === "easy_read" };
  app.replace(address(now, indexOf(steps(definition, now.open.draft), next)));
}

/** What the person can put right on this page. They can be asked, so it is as strict as the public pages. */
function faults(now: Current, keys: readonly string[] | null): { key: string; text: string }[] {
  const { bundle, open } = now;
  const { draft } = open;
  const made = submissionOf(bundle.definition, draft, { revision_id: draft.response_id, keyed_by: "", device: "" });
  const { findings } = check(bundle.definition, { ...made, channel: "online" });
  const wrong = findings.filter(({ rule }) => rule !== "contradiction" && rule !== "own_words_unasked");
  return wrong.map((finding) => inWords(bundle, draft, finding)).filter(({ key }) => keys === null || keys.includes(key));
}

function aboutYou(place: Place): Page {
  const { now } = place;
  const { bundle, open } = now;
  const { edition } = open.draft;
  const say = (id: string): string => said(bundle, edition, id);
  const answer = (wanted: "yes" | "no"): void => {
    const { entry } = open.draft;
    open.change({ entry: { ...entry, values: { ...entry.values, [ABOUT_YOU]: [wanted] } } });
    onward({ ...place, checking: false });
  };
  return page(place, [
    heading(1, say("received-equality")),
    paragraph(say("interview-equality-lead")),
    el(
      "div",
      { class: "nhsuk-button-group" },
      button(say("received-equality-yes"), () => answer("yes")),
      button(say("received-equality-no"), () => answer("no"), "secondary"),
    ),
  ]);
}

function checkAnswers(place: Place): Page {
  const { app, now } = place;
  const { bundle, open } = now;
  const { edition } = open.draft;
  const say = (id: string): string => said(bundle, edition, id);
  const send = submit(say("interview-finish"), { id: "finish" });
  const form = el("form", { novalidate: true }, send);
  on(form, "submit", (event) => {
    event.preventDefault();
    if (send.getAttribute("aria-disabled") === "true") return;
    send.setAttribute("aria-disabled", "true");
    void finish(app, now, form).finally(() => send.removeAttribute("aria-disabled"));
  });
  return page(place, [
    heading(1, say("check-title")),
    paragraph(say("interview-check-lead")),
    ...answers(bundle, open.draft, (step) => to(address(now, step, true))),
    heading(2, say("interview-finish-title")),
    paragraph(say("interview-finish-lead")),
    form,
  ]);
}

/** Saves it for good, and clears the screen for the next person. */
async function finish(app: App, now: Current, form: HTMLFormElement): Promise<void> {
  const wrong = faults(now, null);
  if (wrong.length > 0) {
    const { bundle, open } = now;
    showErrors(bundle, open.draft.edition, form, wrong.map((one) => (one.key === "" ? { ...one, key: "finish" } : one)));
    return;
  }
  try {
    await now.open.finalise();
    current = null;
    remember({ bundle: now.bundle, edition: now.open.draft.edition, look: now.look });
    app.replace("/thanks");
  } catch (error) {
    showErrors(now.bundle, now.open.draft.edition, form, [{ key: "finish", text: notKept(error) }]);
  }
}

/** What staff need while an interview is under way. */
function forStaff(app: App, now: Current): HTMLElement {
  return el(
    "div",
    { class: "app-staff" },
    details(
      "For staff: stop this interview",
      paragraph("What was answered so far is kept on this device unless you throw it away."),
      el(
        "div",
        { class: "nhsuk-button-group" },
        button("Stop for now and lock the device", () => app.device.lock(), "secondary"),
        button("Go to the end, with what was answered", () => app.go(address(now, steps(now.bundle.definition, now.open.draft).length - 1)), "secondary"),
        button("Throw the answers away", () => throwAway(app, now), "warning"),
      ),
    ),
  );
}

async function throwAway(app: App, now: Current): Promise<void> {
  if (!confirm("Throw away everything this person answered? It cannot be brought back.")) return;
  current = null;
  await now.open.discard();
  remember({ bundle: now.bundle, edition: now.open.draft.edition, look: now.look });
  app.replace("/thanks/stopped");
}

function elsewhere(app: App, now: Current): Page {
  return {
    title: "Another tab has this interview open",
    main: [
      heading(1, "Another tab has this interview open"),
      callout("Nothing is lost", paragraph("Go on in the other tab, or close it there and press the button.")),
      button("Open it here", async () => {
        current = null;
        await now.open.close();
        app.again();
      }),
    ],
    back: "/",
    leave: () => {
      current = null;
    },
  };
}
