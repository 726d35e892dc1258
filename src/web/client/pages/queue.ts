//! What was saved here and what became of it: counts, each item in words, and what can be done.

import { Unreached, type Kept, type Status } from "../api";
import { network } from "./around";
import { to, type App, type Page } from "./app";
import { change } from "./batches";
import { button, buttonLink, el, fill, heading, link, list, paragraph, tag, type Child } from "./dom";
import { form, line } from "./fields";
import { itemName, stateTag, stateWords } from "./reasons";
import { age, many, moment } from "./when";

/** How many items a page shows. */
const A_PAGE = 50;

type State = Kept["state"];
const FILTERS: [string, string, State | null][] = [
  ["", "All", null],
  ["waiting", "Waiting to be sent", "pending"],
  ["received", "Received", "received"],
  ["attention", "Needs attention", "attention"],
];

/** The list, of one state or of all; `after` is where the page before ended. */
export async function queue(app: App, [name = "", after]: string[]): Promise<Page> {
  const filter = FILTERS.find(([known]) => known === name) ?? FILTERS[0];
  const state = filter?.[2] ?? null;
  const options = { most: A_PAGE + 1, ...(state ? { state } : {}), ...(after === undefined ? {} : { after: Number(after) }) };
  const [items, consultations] = await Promise.all([app.device.kept(options), app.device.consultations()]);
  const titles = new Map(consultations.map((one) => [one.code, one.title]));
  const shown = items.slice(0, A_PAGE);
  const numbers = el("dl", { class: "app-balance" }, ...counts(app.status));
  const sending = el("p", {}, sendingWords(app.status));
  return {
    title: "Saved and sent",
    back: "/",
    follows: ["queue"],
    changed: (_, status) => {
      fill(numbers, ...counts(status));
      sending.textContent = sendingWords(status);
    },
    main: [
      heading(1, "Saved and sent"),
      numbers,
      sending,
      ...sendNow(app),
      paragraph(link(to("/rescue"), "Make a rescue file of what has not been sent")),
      heading(2, filter?.[0] === "" ? "Everything saved on this device" : (filter?.[1] ?? "")),
      el("ul", { class: "app-choices nhsuk-list" }, ...FILTERS.map(([path, words]) => el("li", {}, filterLink(path, words, path === (filter?.[0] ?? ""))))),
      shown.length === 0 ? paragraph(nothingWords(state)) : el("ul", { class: "app-items" }, ...shown.map((one) => item(app, one, titles.get(one.consultation) ?? one.consultation))),
      items.length > A_PAGE && paragraph(link(to(`/queue/${name || "all"}/${shown.at(-1)?.device_seq ?? ""}`), "Show older ones")),
    ],
  };
}

function filterLink(path: string, words: string, here: boolean): HTMLElement {
  const lead = link(to(path === "" ? "/queue" : `/queue/${path}`), words);
  if (here) lead.setAttribute("aria-current", "true");
  return lead;
}

function nothingWords(state: State | null): string {
  if (state === "pending") return "Nothing waits to be sent.";
  if (state === "attention") return "Nothing needs attention.";
  return state === "received" ? "Nothing that was received is kept here any more." : "Nothing has been saved on this device yet.";
}

function counts({ counts: known }: Status): HTMLElement[] {
  const pair = (name: string, number: number): HTMLElement => el("div", {}, el("dt", {}, name), el("dd", {}, number.toLocaleString("en-GB")));
  return [
    pair("Waiting to be sent", known.pending),
    pair("Received by the service", known.ever_received),
    pair("Needs attention", known.attention),
    pair("Begun and not finished", known.drafts),
  ];
}

function sendingWords(status: Status): string {
  const { counts: known, sending } = status;
  const oldest = known.oldest_pending ? ` The oldest has waited for ${age(known.oldest_pending)}.` : "";
  const last = sending.last_received_at ? ` Last sent ${moment(sending.last_received_at)}.` : "";
  const until = sending.state === "waiting" && sending.until && Date.parse(sending.until) > Date.now() ? ` It tries again by itself ${moment(sending.until)}.` : "";
  return `${network(status)}.${oldest}${last}${until}`;
}

function sendNow(app: App): Child[] {
  const said = el("p", { class: "app-kept", role: "status" });
  const press = button("Send now", async () => {
    said.textContent = "Sending …";
    try {
      await app.device.sendNow();
      said.textContent = await outcome(app);
    } catch (error) {
      said.textContent = error instanceof Unreached ? "The service cannot be reached. Everything stays saved here." : `That did not work: ${error instanceof Error ? error.message : String(error)}`;
    }
  });
  return [press, said];
}

async function outcome(app: App): Promise<string> {
  const { counts: known, sending } = await app.device.status();
  if (known.pending === 0) return "Everything has been received.";
  if (sending.needs !== null) return "It has stopped; what is needed is said above.";
  return sending.reached === false ? "The service cannot be reached. Everything stays saved here." : `${many(known.pending, "item")} still waiting.`;
}

function item(app: App, kept: Kept, title: string): HTMLElement {
  const [state, colour] = stateTag(kept);
  const who = app.status.profiles.find((profile) => profile.id === kept.keyed_by)?.name;
  const mine = kept.keyed_by === app.status.profile?.id;
  const editable = mine && kept.editable_until !== null && Date.parse(kept.editable_until) > Date.now();
  const name = itemName(kept);
  return el(
    "li",
    { class: "app-item" },
    heading(3, name),
    el("p", {}, tag(state, colour)),
    paragraph(`${title}. Saved ${moment(kept.finalised_at)}${who ? ` by ${who}` : ""}.`),
    paragraph(stateWords(kept)),
    el(
      "div",
      { class: "nhsuk-button-group" },
      editable && kept.kind === "sheet" && button("Change it", () => change(app, kept.revision_id), "small", { "aria-label": `Change ${name}` }),
      editable && kept.kind === "response" && buttonLink(to(`/edit/${kept.revision_id}`), "Change it", "small"),
      kept.state === "attention" && button("Send it again", () => again(app, kept), "small", { "aria-label": `Send again: ${name}` }),
    ),
  );
}

async function again(app: App, kept: Kept): Promise<void> {
  await app.device.retry(kept.revision_id);
  await app.device.sendNow().catch(() => undefined);
  app.again();
}

/** Before an interview is opened again the passphrase is asked for: the tablet may be in somebody else's hands. */
export async function edit(app: App, [revision = ""]: string[]): Promise<Page> {
  const { profile } = app.status;
  return Promise.resolve({
    title: "Change something saved",
    back: "/queue",
    main: [
      heading(1, "Change something saved"),
      paragraph("This shows somebody’s answers again. Enter your passphrase, so that nobody else opens them."),
      form(
        "Open it",
        async (typed) => {
          if (!profile) return [];
          const unlocked = await app.device.unlock(profile.id, typed("passphrase"));
          if (!unlocked.ok) return [{ field: "passphrase", text: "This is not your passphrase. Try again" }];
          await change(app, revision);
          return [];
        },
        line({ id: "passphrase", label: "Your passphrase", type: "password", autocomplete: "current-password" }),
      ),
    ],
  });
}

/** A file with all that the service has not received, for the office to bring in. */
export async function rescue(app: App): Promise<Page> {
  const { pending, attention } = app.status.counts;
  const waiting = pending + attention;
  return Promise.resolve({
    title: "Rescue file",
    back: "/queue",
    main: [
      heading(1, "Make a rescue file"),
      paragraph("When this device cannot send, for instance because it is broken or was taken off the list, a file can carry what it holds."),
      list(
        "Nobody can read the file but the service: not you, and nobody who finds it.",
        "Save it on a stick or send it to the office. A desk officer brings it in.",
        "Nothing is deleted here. If the device sends after all, nothing is counted twice.",
        "What you have begun and not finished is not in it.",
      ),
      waiting === 0 ? paragraph("Everything has been received, so there is nothing to rescue.") : paragraph(`${many(waiting, "item")} will be in the file.`),
      waiting > 0 && saveFile(app),
    ],
  });
}

function saveFile(app: App): HTMLElement {
  const said = el("p", { class: "app-kept", role: "status" });
  const press = button("Save the file", async () => {
    const file = await app.device.rescueFile();
    const address = URL.createObjectURL(file);
    const lead = el("a", { href: address, download: file.name });
    lead.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    said.textContent = `${file.name} is among this device’s downloads.`;
  });
  return el("div", {}, press, said);
}
