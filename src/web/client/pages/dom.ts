//! Pieces of a page, made as elements. Nothing that anybody typed is ever read as HTML.

export type Child = Node | string | false | null | undefined;
type Value = string | number | boolean | null | undefined;

/** An element with attributes and children. `true` is an attribute without a value; `false` and nothing leave it out. */
export function el<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? "" : String(value));
  }
  return put(element, ...children);
}

/** Puts children at the end of an element. */
export function put<T extends Element>(element: T, ...children: Child[]): T {
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

/** Puts children in the place of what is there. */
export function fill<T extends Element>(element: T, ...children: Child[]): T {
  element.replaceChildren();
  return put(element, ...children);
}

/** Listens, and gives the element back. */
export function on<T extends HTMLElement, E extends keyof HTMLElementEventMap>(
  element: T,
  event: E,
  work: (event: HTMLElementEventMap[E]) => void,
): T {
  element.addEventListener(event, work);
  return element;
}

export function heading(level: 1 | 2 | 3, text: string, size: "l" | "m" | "s" = level === 1 ? "l" : level === 2 ? "m" : "s"): HTMLElement {
  return el(`h${level}`, { class: `nhsuk-heading-${size}`, tabindex: level === 1 ? -1 : null }, text);
}

export function paragraph(...children: Child[]): HTMLElement {
  return el("p", {}, ...children);
}

export function link(href: string, text: string, hidden = ""): HTMLAnchorElement {
  return el("a", { href }, text, hidden && el("span", { class: "nhsuk-u-visually-hidden" }, ` ${hidden}`));
}

export type Look = "primary" | "secondary" | "small" | "warning";

/** A button that does something on this page. What it does may take a while: it cannot be pressed twice meanwhile. */
export function button(text: string, work: () => void | Promise<void>, look: Look = "primary", more: Record<string, Value> = {}): HTMLButtonElement {
  const made = el("button", { type: "button", class: buttonClass(look), ...more }, text);
  made.addEventListener("click", () => {
    if (made.getAttribute("aria-disabled") === "true") return;
    made.setAttribute("aria-disabled", "true");
    void Promise.resolve(work()).finally(() => made.removeAttribute("aria-disabled"));
  });
  return made;
}

function buttonClass(look: Look): string {
  if (look === "primary") return "nhsuk-button";
  return look === "small" ? "nhsuk-button nhsuk-button--secondary nhsuk-button--small" : `nhsuk-button nhsuk-button--${look}`;
}

/** The button that sends a form on. */
export function submit(text: string, more: Record<string, Value> = {}): HTMLButtonElement {
  return el("button", { type: "submit", class: "nhsuk-button", ...more }, text);
}

/** A link that looks like a button, for what leads to another page. */
export function buttonLink(href: string, text: string, look: Look = "primary"): HTMLAnchorElement {
  return el("a", { href, class: buttonClass(look), role: "button", draggable: false }, text);
}

export function list(...items: Child[]): HTMLElement {
  return el("ul", { class: "nhsuk-list nhsuk-list--bullet" }, ...items.map((item) => item && el("li", {}, item)));
}

export function inset(...children: Child[]): HTMLElement {
  return el("div", { class: "nhsuk-inset-text" }, ...children);
}

/** Something to be careful about. */
export function callout(title: string, ...children: Child[]): HTMLElement {
  return el(
    "div",
    { class: "nhsuk-warning-callout" },
    el("h2", { class: "nhsuk-warning-callout__label" }, el("span", {}, el("span", { class: "nhsuk-u-visually-hidden" }, "Important: "), title)),
    ...children,
  );
}

export function details(summary: string, ...children: Child[]): HTMLElement {
  return el(
    "details",
    { class: "nhsuk-details" },
    el("summary", { class: "nhsuk-details__summary" }, el("span", { class: "nhsuk-details__summary-text" }, summary)),
    el("div", { class: "nhsuk-details__text" }, ...children),
  );
}

export type Colour = "grey" | "green" | "blue" | "yellow" | "red" | "orange" | "white";

export function tag(text: string, colour: Colour): HTMLElement {
  return el("strong", { class: `nhsuk-tag nhsuk-tag--${colour}` }, text);
}

/** Names and values, such as what is known of a batch. */
export function facts(...rows: [string, Child][]): HTMLElement {
  const row = ([name, value]: [string, Child]): HTMLElement =>
    el(
      "div",
      { class: "nhsuk-summary-list__row" },
      el("dt", { class: "nhsuk-summary-list__key" }, name),
      el("dd", { class: "nhsuk-summary-list__value" }, value),
    );
  return el("dl", { class: "nhsuk-summary-list" }, ...rows.map(row));
}

/** HTML that our own server made, read once. It may hold no script and no address of another site: its policy sees to that. */
export function fromServer(html: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
