//! A sheet as it is keyed, of a batch or of none: the same fields and the same keys as at the desk.

import { NotKept, check, submissionOf, wordsFor, wrongFacts, type Bundle, type Finalised, type OpenDraft, type Wrong } from "../api";
import { keyable } from "../../static/keyboard.js";
import type { App, Page } from "./app";
import { say } from "./app";
import { button, callout, el, fromServer, heading, list, on, paragraph, submit, type Child } from "./dom";
import { showWrong } from "./fields";
import { fillSheet, isEmpty, readSheet } from "./written";
import { moment } from "./when";

/** How long after the last key what was typed is said to be kept, in milliseconds. */
const PAUSE_MS = 400;

/** What a sheet page needs. */
export interface Keying {
  open: OpenDraft;
  bundle: Bundle;
  title: string;
  /** What the button at the end says. */
  store: string;
  back: string;
  /** What stands over the fields: what was saved before, what is carried forward. */
  before: Child[];
  /** What stands under them. */
  after: Child[];
  /** When it is on the disk. */
  stored: (finalised: Finalised) => void;
}

/** The page. What is typed is kept from the first key on. */
export function sheetPage(app: App, keying: Keying): Page {
  const { open, bundle, title, before, after, back } = keying;
  if (!open.writable) return elsewhere(app, keying);
  const { draft } = open;
  const store = submit(keying.store, { id: "store" });
  const fields = fromServer(bundle.editions[draft.edition]?.sheet ?? "");
  if (draft.postmark !== "sheet") fields.querySelector('[data-key="sheet.posted_on"]')?.remove();
  const sheet = el("form", { id: "keying", class: "app-keying", novalidate: true, autocomplete: "off", tabindex: -1 }, fields, store);
  fillSheet(sheet, draft.entry);
  const keeper = keeping(sheet, open);
  const keyboard = keyable(sheet, say, store);
  on(sheet, "submit", (event) => {
    event.preventDefault();
    if (store.getAttribute("aria-disabled") === "true") return;
    store.setAttribute("aria-disabled", "true");
    void save(sheet, keying).finally(() => store.removeAttribute("aria-disabled"));
  });
  return {
    title,
    back,
    main: [heading(1, title), ...before, legend(), keeper.said, sheet, ...after],
    focus: () => {
      keyboard.begin();
      app.say(title);
    },
    leave: () => left(open, keeper.flush),
  };
}

/** Keeps what was typed; an untouched sheet leaves nothing behind. */
async function left(open: OpenDraft, flush: () => void): Promise<void> {
  if (gone.has(open)) return;
  try {
    flush();
  } catch {
    // Locked meanwhile: what was typed up to then is on the disk.
    return;
  }
  if (isEmpty(open.draft.entry) && open.draft.supersedes === null) await open.discard().catch(() => undefined);
  else await open.close().catch(() => undefined);
}

/** Drafts that were finalised or thrown away on their page. */
const gone = new WeakSet<OpenDraft>();

/** Says of a draft that it is no more. */
export function isGone(open: OpenDraft): void {
  gone.add(open);
}

function keeping(sheet: HTMLFormElement, open: OpenDraft): { said: HTMLElement; flush: () => void } {
  const begun = !isEmpty(open.draft.entry) && open.draft.supersedes === null;
  const said = el("p", { class: "app-kept" }, begun ? `This is what was typed before; it was begun ${moment(open.draft.begun_at)}.` : "What you type is kept on this device as you type.");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    if (timer !== undefined && !gone.has(open)) open.change({ entry: readSheet(sheet) });
    timer = undefined;
  };
  const keep = async (): Promise<void> => {
    timer = undefined;
    try {
      await open.keep();
      said.className = "app-kept";
      said.textContent = "What you typed is kept on this device. It is not finished until you store it.";
    } catch (error) {
      said.className = "app-kept app-kept--not";
      said.textContent = notKept(error);
      say(said.textContent);
    }
  };
  const typed = (): void => {
    if (gone.has(open)) return;
    open.change({ entry: readSheet(sheet) });
    clearTimeout(timer);
    timer = setTimeout(() => void keep(), PAUSE_MS);
  };
  on(sheet, "input", typed);
  on(sheet, "change", typed);
  return { said, flush };
}

/** Why something could not be kept, and what to do. */
export function notKept(error: unknown): string {
  if (error instanceof NotKept && error.full) {
    return "There is no room left on this device, so this could not be saved. Leave this page open. Connect to a network so that what waits is sent, then press the button again.";
  }
  const detail = error instanceof Error ? error.message : String(error);
  return `This could not be saved (${detail}). Leave this page open, write down what it says if you can, and press the button again.`;
}

async function save(sheet: HTMLFormElement, keying: Keying): Promise<void> {
  const { open, bundle } = keying;
  open.change({ entry: readSheet(sheet) });
  const wrong = faults(open, bundle);
  sheet.querySelectorAll(".app-key--wrong").forEach((place) => place.classList.remove("app-key--wrong"));
  if (wrong.length > 0) {
    showFaults(sheet, wrong);
    return;
  }
  try {
    const finalised = await open.finalise();
    isGone(open);
    keying.stored(finalised);
  } catch (error) {
    showWrong(sheet, [{ field: "store", text: notKept(error) }]);
  }
}

/** What the keyer can put right while the sheet lies before them. */
function faults(open: OpenDraft, bundle: Bundle): Wrong[] {
  const { draft } = open;
  const submission = submissionOf(bundle.definition, draft, { revision_id: draft.response_id, keyed_by: "", device: "" });
  const checked = check(bundle.definition, submission);
  return [...wrongFacts(draft.entry), ...wordsFor(bundle.definition, submission, checked)];
}

function showFaults(sheet: HTMLFormElement, wrong: Wrong[]): void {
  for (const { key } of wrong) sheet.querySelector(`[data-key="${CSS.escape(key)}"]`)?.classList.add("app-key--wrong");
  const named = wrong.map(({ key, text }) => ({ field: `f-${key}`, text: `${nameOf(sheet, key)}${text}` }));
  for (const { key } of wrong) {
    const place = sheet.querySelector(`[data-key="${CSS.escape(key)}"]`);
    place?.setAttribute("data-field", `f-${key}`);
  }
  showWrong(sheet, named);
}

function nameOf(sheet: HTMLElement, key: string): string {
  const place = sheet.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const question = place?.closest(".app-keying__question")?.querySelector(".app-keying__text")?.textContent;
  const words = question ?? place?.querySelector("label, legend")?.textContent ?? "";
  const name = words.replace(/\s+/g, " ").trim();
  return name === "" ? "" : `${name}: `;
}

function legend(): HTMLElement {
  const key = (...keys: string[]): Child[] => keys.flatMap((one, index) => [index > 0 ? " " : null, el("kbd", {}, one)]);
  const line = (...children: Child[]): HTMLElement => el("li", {}, ...children);
  return el(
    "section",
    { class: "app-legend", "aria-labelledby": "legend" },
    el("h2", { class: "nhsuk-heading-s", id: "legend" }, "Keys"),
    el(
      "ul",
      {},
      line(...key("1"), " to ", ...key("9"), ", ", ...key("0"), ", ", ...key("a"), " to ", ...key("z"), " choose"),
      line(...key("Shift"), " with a number adds a second tick"),
      line(...key("Backspace"), " clears"),
      line(...key("Enter"), " goes on; ", ...key("Shift", "Enter"), " goes back, or begins a line in a text"),
      line(...key("Alt", "i"), " cannot be read; ", ...key("Alt", "c"), " cannot count"),
      line(...key("Ctrl", "Enter"), " stores the sheet"),
    ),
  );
}

/** Another tab has it open: nothing can be typed here. */
function elsewhere(app: App, { title, back, open }: Keying): Page {
  return {
    title,
    back,
    main: [
      heading(1, title),
      callout(
        "Another tab has this sheet open",
        paragraph("It can be typed on in one place only, so that nothing is overwritten."),
        list("Go on in the other tab, or close it there and press the button."),
      ),
      button("Open it here", async () => {
        await open.close();
        app.again();
      }),
    ],
    leave: () => open.close().catch(() => undefined),
  };
}
