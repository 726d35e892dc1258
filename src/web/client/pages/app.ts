//! The frame the pages stand in: which page is shown, where the focus goes, what a screen reader hears.

import { NotKept } from "../api";
import type { Changed, Device, Status } from "../api";
import { el, fill, heading, link, paragraph, type Child } from "./dom";

/** How the frame looks: the desk's, or nothing but the resident's own page. */
export interface Look {
  interview: boolean;
  easy: boolean;
  owner: string;
  service: string;
  theme: string;
}

export const DESK: Look = { interview: false, easy: false, owner: "Soundings", service: "Keying and interviews", theme: "neutral" };

/** A page that is ready to be shown. */
export interface Page {
  /** What the window is called. */
  title: string;
  main: Child[];
  /** Where the link at the top leads; none where there is nothing to go back to. */
  back?: string | undefined;
  look?: Look;
  /** Takes the focus to something else than the main heading. */
  focus?: (() => void) | undefined;
  /** When another page takes its place: keeps what was typed. */
  leave?: () => void | Promise<void>;
  /** When something changed meanwhile. A page without it is made anew on a change it names in `follows`. */
  changed?: (what: Changed, status: Status) => void;
  /** What makes the page out of date. Only for pages that nobody types on. */
  follows?: Changed[];
}

/** What makes a page: the parts of its address are given. */
export type Show = (app: App, parts: string[]) => Promise<Page>;

/** What pages may ask of the frame. */
export interface App {
  readonly device: Device;
  readonly status: Status;
  /** Goes to a page of the app, such as `/key/service-harmonisation/3`. */
  go(path: string): void;
  /** Goes there without leaving the page before in the history. */
  replace(path: string): void;
  /** Makes the page that is shown anew. */
  again(): void;
  /** Says something to those who do not see it. */
  say(words: string): void;
}

/** The address of a page. */
export function to(path: string): string {
  return `#${path}`;
}

/** The parts of the address that is shown. */
export function parts(): string[] {
  return location.hash.replace(/^#?\//, "").split("/").map(decodeURIComponent).filter((part) => part !== "");
}

/** Says something; the same words said twice are heard twice. */
export function say(words: string): void {
  const said = document.getElementById("said");
  if (!said) return;
  said.textContent = "";
  setTimeout(() => (said.textContent = words), 50);
}

/** Puts a page on the screen. One that `stays` is the same page with something new on it: nobody's place on it is lost. */
export function render(page: Page, stays: boolean): void {
  const main = document.getElementById("app");
  if (!main) return;
  const had = stays && main.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  dress(page.look ?? DESK);
  document.title = `${page.title} – Soundings`;
  fill(main, ...page.main);
  main.parentElement?.querySelector(":scope > .nhsuk-back-link")?.remove();
  if (page.back) {
    const back = link(to(page.back), "Back");
    back.className = "nhsuk-back-link";
    main.before(back);
  }
  if (stays) {
    const again = had !== null && [...main.querySelectorAll<HTMLElement>("a, button, summary, h1")].find((one) => nameOf(one) === had);
    if (again) again.focus({ preventScroll: true });
    return;
  }
  window.scrollTo(0, 0);
  if (page.focus) {
    page.focus();
    return;
  }
  const first = main.querySelector("h1");
  if (first && !first.hasAttribute("tabindex")) first.setAttribute("tabindex", "-1");
  (first ?? main).focus({ preventScroll: true });
}

/** What something is known by when its page is made anew. */
function nameOf(element: Element | null): string {
  return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
}

function dress(look: Look): void {
  const { body } = document;
  body.className = `app app--${look.theme} app-device${look.easy ? " app--easy" : ""}${look.interview ? " app-device--interview" : ""}`;
  const owner = document.getElementById("owner");
  const service = document.getElementById("service");
  if (owner) owner.textContent = look.owner;
  if (!service) return;
  service.textContent = look.service;
  // A person being interviewed cannot wander off to the desk's pages.
  if (look.interview) service.removeAttribute("href");
  else service.setAttribute("href", to("/"));
}

/** A page that says something went wrong, and what to do. */
export function trouble(title: string, ...children: Child[]): Page {
  return { title, main: [heading(1, title), ...children], back: "/" };
}

/** What to show when there is too little room to begin. What to do about it is said by the notice over the page, which interviews do not have. */
export function noRoom(): Page {
  return trouble(
    "There is too little room to begin something new",
    paragraph("Everything that was shown as saved is still saved on this device, and what was begun can be finished."),
    paragraph("Connect this device to the network and leave the app open until nothing waits to be sent. Then there is room again. Meanwhile you can use another device, or paper."),
  );
}

/** Whether something failed for want of room. */
export function isForRoom(error: unknown): boolean {
  return error instanceof NotKept && error.full;
}

/** What to show when the program itself has failed: nothing that was saved is lost. */
export function broken(error: unknown): Page {
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return trouble(
    "Sorry, something went wrong in this app",
    paragraph("Everything that was shown as saved is still saved on this device."),
    paragraph("Go back and try again. If it happens again, close the app, open it and unlock it. If that does not help, tell whoever looks after the service, with these words:"),
    el("p", { class: "app-raw" }, detail),
  );
}
