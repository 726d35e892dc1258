//! Fields of the app's own forms, with their errors, in the words and looks of the design system.

import { el, heading, on, put, submit } from "./dom";
import type { Child } from "./dom";

/** What is wrong with a field, and what to do. */
export interface Wrong {
  field: string;
  text: string;
}

interface Asked {
  id: string;
  label: string;
  hint?: string;
  value?: string;
  type?: string;
  autocomplete?: string;
  width?: number;
  inputmode?: string;
}

/** A line to type in. */
export function line(asked: Asked): HTMLElement {
  const { id, label, hint, value, type = "text", autocomplete = "off", width, inputmode } = asked;
  const input = el("input", {
    class: `nhsuk-input${width ? ` nhsuk-input--width-${width}` : ""}`,
    id,
    name: id,
    type,
    value,
    autocomplete,
    inputmode,
    spellcheck: "false",
    "aria-describedby": hint ? `${id}-hint` : null,
  });
  return el(
    "div",
    { class: "nhsuk-form-group", "data-field": id },
    el("label", { class: "nhsuk-label nhsuk-label--s", for: id }, label),
    hint && el("div", { class: "nhsuk-hint", id: `${id}-hint` }, hint),
    input,
  );
}

export interface Offer {
  value: string;
  text: string;
  hint?: string;
}

/** Choices of which one is taken. */
export function radios(id: string, legend: string, offers: Offer[], chosen = "", hint = ""): HTMLElement {
  const item = (offer: Offer, index: number): HTMLElement => {
    const own = index === 0 ? id : `${id}-${index + 1}`;
    return el(
      "div",
      { class: "nhsuk-radios__item" },
      el("input", {
        class: "nhsuk-radios__input",
        id: own,
        name: id,
        type: "radio",
        value: offer.value,
        checked: offer.value === chosen,
        "aria-describedby": offer.hint ? `${own}-hint` : null,
      }),
      el("label", { class: "nhsuk-label nhsuk-radios__label", for: own }, offer.text),
      offer.hint && el("div", { class: "nhsuk-hint nhsuk-radios__hint", id: `${own}-hint` }, offer.hint),
    );
  };
  return el(
    "div",
    { class: "nhsuk-form-group", "data-field": id },
    el(
      "fieldset",
      { class: "nhsuk-fieldset", "aria-describedby": hint ? `${id}-hint` : null },
      el("legend", { class: "nhsuk-fieldset__legend nhsuk-fieldset__legend--s" }, legend),
      hint && el("div", { class: "nhsuk-hint", id: `${id}-hint` }, hint),
      el("div", { class: "nhsuk-radios" }, ...offers.map(item)),
    ),
  );
}

/** One thing to agree to. */
export function checkbox(id: string, text: string): HTMLElement {
  return el(
    "div",
    { class: "nhsuk-form-group", "data-field": id },
    el(
      "div",
      { class: "nhsuk-checkboxes" },
      el(
        "div",
        { class: "nhsuk-checkboxes__item" },
        el("input", { class: "nhsuk-checkboxes__input", id, name: id, type: "checkbox", value: "yes" }),
        el("label", { class: "nhsuk-label nhsuk-checkboxes__label", for: id }, text),
      ),
    ),
  );
}

/** What was typed, by field; nothing where nothing was. */
export type Typed = (field: string) => string;

/**
 * A form of the app's own. `work` is given what was typed, and gives back what is wrong with it, or nothing when it has
 * gone on by itself. What was typed stays.
 */
export function form(words: string, work: (typed: Typed) => Promise<Wrong[]>, ...children: Child[]): HTMLFormElement {
  const press = submit(words);
  const made = el("form", { novalidate: true, autocomplete: "off" }, ...children, press);
  on(made, "submit", (event) => {
    event.preventDefault();
    if (press.getAttribute("aria-disabled") === "true") return;
    press.setAttribute("aria-disabled", "true");
    const data = new FormData(made);
    const typed = (field: string): string => String(data.get(field) ?? "");
    void work(typed)
      .then((wrong) => showWrong(made, wrong))
      .finally(() => press.removeAttribute("aria-disabled"));
  });
  return made;
}

/** Shows what is wrong: a summary over the form, with the focus in it, and a message at each field. */
export function showWrong(made: HTMLElement, wrong: Wrong[]): void {
  clearWrong(made);
  if (wrong.length === 0) return;
  for (const { field, text } of wrong) mark(made, field, text);
  const lines = wrong.map(({ field, text }) => {
    const lead = el("a", { href: `#${field}` }, text);
    return el(
      "li",
      {},
      on(lead, "click", (event) => {
        event.preventDefault();
        document.getElementById(field)?.focus();
      }),
    );
  });
  const summary = el(
    "div",
    { class: "nhsuk-error-summary", tabindex: -1 },
    el(
      "div",
      { role: "alert" },
      heading(2, "There is a problem"),
      el("div", { class: "nhsuk-error-summary__body" }, el("ul", { class: "nhsuk-list nhsuk-error-summary__list" }, ...lines)),
    ),
  );
  summary.querySelector("h2")?.setAttribute("class", "nhsuk-error-summary__heading");
  made.before(summary);
  summary.focus();
  if (!document.title.startsWith("Error: ")) document.title = `Error: ${document.title}`;
}

function mark(made: HTMLElement, field: string, text: string): void {
  const group = made.querySelector(`[data-field="${CSS.escape(field)}"]`);
  const input = made.querySelector(`#${CSS.escape(field)}`);
  if (!group || !input) return;
  const id = `${field}-error`;
  const message = el("span", { class: "nhsuk-error-message", id }, el("span", { class: "nhsuk-u-visually-hidden" }, "Error: "), text);
  group.classList.add("nhsuk-form-group--error");
  const set = group.querySelector("fieldset");
  const before = group.querySelector(".nhsuk-radios, .nhsuk-checkboxes") ?? input;
  before.before(message);
  const described = set ?? input;
  described.setAttribute("aria-describedby", [described.getAttribute("aria-describedby"), id].filter(Boolean).join(" "));
  if (input.matches(".nhsuk-input")) input.classList.add("nhsuk-input--error");
}

function clearWrong(made: HTMLElement): void {
  made.parentElement?.querySelector(":scope > .nhsuk-error-summary")?.remove();
  for (const message of made.querySelectorAll(".nhsuk-error-message")) {
    for (const described of made.querySelectorAll("[aria-describedby]")) {
      const rest = (described.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== message.id);
      if (rest.join("") === "") described.removeAttribute("aria-describedby");
      else described.setAttribute("aria-describedby", rest.join(" "));
    }
    message.remove();
  }
  for (const error of made.querySelectorAll(".nhsuk-form-group--error")) error.classList.remove("nhsuk-form-group--error");
  for (const error of made.querySelectorAll(".nhsuk-input--error")) error.classList.remove("nhsuk-input--error");
  document.title = document.title.replace(/^Error: /, "");
}

/** A row of buttons. */
export function buttons(...children: Child[]): HTMLElement {
  return put(el("div", { class: "nhsuk-button-group" }), ...children);
}
