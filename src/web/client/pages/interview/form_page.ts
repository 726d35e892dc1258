//! A resident's page: what does not concern this person taken away, what they answered put in, and read from it again.

import type { Bundle, Draft, Edition, Entry } from "../../api";
import { el, fromServer } from "../dom";
import { putValues } from "../written";
import { areaGroup, askedOn, said } from "./plan";

/** What a page of the bundle calls the built-in questions, and what an entry calls them. */
const FACTS: Record<string, string> = { quote_consent: "sheet.quote_consent", help: "sheet.help" };

/** Under which key an entry keeps what a page's field holds. */
export function kept(key: string): string {
  return FACTS[key] ?? key;
}

export interface Shown {
  main: DocumentFragment;
  form: HTMLFormElement;
  /** The fields asked on it. */
  keys: string[];
}

/** One page of the bundle for this person; null when the bundle has no such page. */
export function show(bundle: Bundle, draft: Draft, slug: string): Shown | null {
  const page = bundle.editions[draft.edition]?.pages.find((one) => one.slug === slug);
  if (!page) return null;
  const main = fromServer(page.html);
  const form = main.querySelector("form");
  if (!form) return null;
  const keys = askedOn(bundle.definition, draft, page.fields);
  for (const part of main.querySelectorAll<HTMLElement>("[data-part]")) {
    if (!keys.includes(part.dataset.part ?? "")) part.remove();
  }
  // A question none of whose parts is asked goes with its picture and heading.
  for (const question of main.querySelectorAll("[data-question]")) if (!question.querySelector("[data-part]")) question.remove();
  pickArea(main, areaGroup(bundle.definition, draft.entry));
  for (const away of main.querySelectorAll("a[href]")) plain(away);
  form.setAttribute("autocomplete", "off");
  for (const input of form.querySelectorAll("input, textarea")) input.setAttribute("autocomplete", "off");
  form.querySelector('[name="then"][value="save"]')?.remove();
  fill(form, draft.entry, keys);
  return { main, form, keys };
}

/** Only the panels of the person's own area, or those for who named none. */
function pickArea(main: ParentNode, group: string | null): void {
  const panels = [...main.querySelectorAll<HTMLElement>("[data-area]")];
  const own = panels.find((panel) => panel.dataset.area === (group ?? "")) ?? panels.find((panel) => panel.dataset.area === "");
  for (const panel of panels) if (panel !== own) panel.remove();
  own?.removeAttribute("hidden");
}

/** A link that leads away would leave the interview, and without a network lead nowhere: its address stays to be read. */
function plain(lead: Element): void {
  const href = lead.getAttribute("href") ?? "";
  if (!href.startsWith("#")) lead.replaceWith(el("span", { class: "app-address" }, lead.textContent ?? ""));
}

function fill(form: HTMLFormElement, entry: Entry, keys: readonly string[]): void {
  for (const key of keys) {
    const values = entry.values[kept(key)] ?? [];
    for (const control of named(form, key)) putValues(control, values);
    const [year = "", month = "", day = ""] = (values[0] ?? "").split("-");
    for (const [part, value] of Object.entries({ year, month, day })) {
      for (const control of named(form, `${key}-${part}`)) putValues(control, [value]);
    }
  }
}

function named(form: HTMLFormElement, name: string): (HTMLInputElement | HTMLTextAreaElement)[] {
  return [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(`[name="${CSS.escape(name)}"]`)];
}

/** An entry with what stands on this page now; what was left empty is taken out of it. */
export function read(form: HTMLFormElement, keys: readonly string[], entry: Entry): Entry {
  const data = new FormData(form);
  const values = { ...entry.values };
  for (const key of keys) {
    const typed = data.getAll(key).map(String).filter((value) => value.trim() !== "");
    const day = dayOf(data, key);
    const all = day === null ? typed : [day];
    if (all.length > 0) values[kept(key)] = all;
    else delete values[kept(key)];
  }
  return { ...entry, values };
}

/** The three boxes of a date put together as year-month-day; null when they are empty or not there. */
function dayOf(data: FormData, key: string): string | null {
  const part = (name: string, width: number): string => {
    const typed = String(data.get(`${key}-${name}`) ?? "").trim();
    return typed === "" ? "" : typed.padStart(width, "0");
  };
  const [year, month, day] = [part("year", 4), part("month", 2), part("day", 2)];
  return year === "" && month === "" && day === "" ? null : `${year}-${month}-${day}`;
}

/** Shows what is wrong on the page, as the public site does: a summary with the focus in it, and a message at each field. */
export function showErrors(bundle: Bundle, edition: Edition, form: HTMLFormElement, wrong: readonly { key: string; text: string }[]): void {
  form.parentElement?.querySelector(".nhsuk-error-summary")?.remove();
  form.querySelectorAll(".nhsuk-error-message").forEach((message) => message.remove());
  form.querySelectorAll(".nhsuk-form-group--error").forEach((group) => group.classList.remove("nhsuk-form-group--error"));
  if (wrong.length === 0) return;
  const lines = wrong.map(({ key, text }) => {
    mark(bundle, edition, form, key, text);
    const lead = el("a", { href: `#${key}` }, text);
    lead.addEventListener("click", (event) => {
      event.preventDefault();
      entrance(form, key)?.focus();
    });
    return el("li", {}, lead);
  });
  const summary = el(
    "div",
    { class: "nhsuk-error-summary", tabindex: -1 },
    el(
      "div",
      { role: "alert" },
      el("h2", { class: "nhsuk-error-summary__heading" }, said(bundle, edition, "error-summary")),
      el("div", { class: "nhsuk-error-summary__body" }, el("ul", { class: "nhsuk-list nhsuk-error-summary__list" }, ...lines)),
    ),
  );
  (form.parentElement ?? form).prepend(summary);
  summary.focus();
}

function entrance(form: HTMLFormElement, key: string): HTMLElement | null {
  return named(form, key)[0] ?? named(form, `${key}-day`)[0] ?? null;
}

function mark(bundle: Bundle, edition: Edition, form: HTMLFormElement, key: string, text: string): void {
  const control = entrance(form, key);
  const group = control?.closest(".nhsuk-form-group");
  if (!control || !group) return;
  const id = `${key}-error`;
  const message = el("span", { class: "nhsuk-error-message", id }, el("span", { class: "nhsuk-u-visually-hidden" }, `${said(bundle, edition, "error")}: `), text);
  group.classList.add("nhsuk-form-group--error");
  (group.querySelector(".nhsuk-radios, .nhsuk-checkboxes, .nhsuk-date-input") ?? control).before(message);
  const described = group.querySelector("fieldset") ?? control;
  const before = (described.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one !== "" && one !== id);
  described.setAttribute("aria-describedby", [...before, id].join(" "));
}
