//! What stands around every page of the desk: where one can go, who is working, and what waits to be sent.

import type { Status } from "../api";
import { parts, to, type App, type Look } from "./app";
import { button, el, fill, link, type Child } from "./dom";
import { notices } from "./notices";
import { age, many, moment } from "./when";

const LINKS: [string, string, string[]][] = [
  ["/", "Home", ["", "begin"]],
  ["/batches", "Key paper", ["batches", "batch", "key", "end", "paper"]],
  ["/interview", "Interview", ["interview"]],
  ["/queue", "Saved and sent", ["queue", "edit", "rescue"]],
  ["/help", "Help", ["help"]],
];

let before = "";

/** Puts it there, and leaves it alone when nothing of it has changed, so that the focus stays where it is. */
export function around(app: App, look: Look | undefined): void {
  const place = document.getElementById("around");
  if (!place) return;
  const { status } = app;
  const signature = JSON.stringify([
    parts()[0] ?? "", look?.interview, status.profile?.id, status.device, status.counts, status.sending, status.online, status.notices,
    status.update_waiting, Math.floor(Date.now() / 60_000),
  ]);
  if (signature === before && place.childElementCount > 0) return;
  before = signature;
  const had = place.contains(document.activeElement) ? (document.activeElement?.textContent ?? null) : null;
  fill(place, ...pieces(app, look));
  // A click on a link of the bar makes the bar anew: the focus stays on the same words unless a page has taken it.
  if (had !== null && document.activeElement === document.body) {
    [...place.querySelectorAll<HTMLElement>("a, button")].find((one) => one.textContent === had)?.focus();
  }
}

function pieces(app: App, look: Look | undefined): Child[] {
  const { status } = app;
  if (look?.interview) return [];
  return [status.profile && bar(app), status.device && strip(status), ...notices(app, ["", "queue"].includes(parts()[0] ?? ""))];
}

function bar(app: App): HTMLElement {
  const [here = ""] = parts();
  const { profile, device } = app.status;
  return el(
    "nav",
    { class: "app-bar", "aria-label": "App" },
    el(
      "ul",
      { class: "app-bar__links" },
      ...LINKS.map(([path, words, names]) => {
        const lead = link(to(path), words);
        if (names.includes(here)) lead.setAttribute("aria-current", "page");
        return el("li", {}, lead);
      }),
    ),
    el(
      "div",
      { class: "app-bar__who" },
      el("span", {}, `${profile?.name ?? ""}${device ? ` · ${device.name}` : ""}`),
      lockButton(app),
    ),
  );
}

function lockButton(app: App): HTMLElement {
  const made = button("Lock", () => app.device.lock());
  made.className = "app-link-button";
  return made;
}

/** One line: whether there is a network, what waits, what was sent, what is wrong. */
function strip(status: Status): HTMLElement {
  const { counts } = status;
  return el(
    "section",
    { class: "app-strip", "aria-label": "What is saved and sent" },
    el("p", { class: `app-strip__state${status.online ? "" : " app-strip__state--off"}` }, network(status)),
    el("p", {}, waiting(status)),
    status.sending.last_received_at && el("p", {}, `Last sent ${moment(status.sending.last_received_at)}`),
    status.storage === "full" && el("p", { class: "app-strip__wrong" }, "No room left on this device"),
    counts.attention > 0 && el("p", { class: "app-strip__wrong" }, link(to("/queue/attention"), `${counts.attention} ${counts.attention === 1 ? "needs" : "need"} attention`)),
  );
}

/** Whether there is a network, and what the sending does. */
export function network(status: Status): string {
  const { sending, online } = status;
  if (sending.needs === "sign_in") return "Sending has stopped: sign in again";
  if (sending.needs === "enrolment") return "Sending has stopped: enrol this device again";
  if (sending.needs === "revoked") return "Sending has stopped: this device was taken off the list";
  if (sending.needs === "new_version") return "Sending has stopped: close the app and open it again";
  if (!online) return "No network: you can go on working";
  if (sending.state === "sending" || sending.state === "other_tab") return "Sending";
  if (sending.state === "waiting" && sending.reached === false) return "The service cannot be reached: you can go on working";
  return "Online";
}

function waiting(status: Status): string {
  const { pending, oldest_pending: oldest } = status.counts;
  if (pending === 0) return "Nothing waits to be sent";
  return `${many(pending, "item")} waiting to be sent${oldest && Date.now() - Date.parse(oldest) > 3_600_000 ? `, the oldest for ${age(oldest)}` : ""}`;
}
