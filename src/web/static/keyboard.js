// Keying by the keyboard alone, at the desk and on a device: the places of a sheet are walked with Enter, answered with
// single keys, and every change is said for those who do not see it.

/**
 * Makes a sheet answer to the keyboard. Without it every place is an ordinary control.
 * @param {HTMLFormElement} form the sheet; each of its places carries `data-key`
 * @param {(words: string) => void} say where a screen reader hears what was chosen
 * @param {HTMLElement} store the button at the end
 * @returns {{ begin: () => void }} `begin` goes to the first place
 */
export function keyable(form, say, store) {
  const places = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-key]")]);

  /** @param {HTMLElement} place @returns {HTMLElement | null} */
  const entrance = (place) =>
    place.querySelector("input:checked") ?? place.querySelector("input[type=checkbox], textarea, input:not([type=hidden])");
  const here = () => /** @type {HTMLElement | null} */ (document.activeElement?.closest("[data-key]") ?? null);
  /** @param {HTMLElement} place @returns {HTMLInputElement[]} */
  const ticks = (place) => [...place.querySelectorAll(/** @type {"input"} */ ("[data-press]"))];
  /** @param {HTMLElement} tick */
  const words = (tick) => (tick.parentElement?.textContent ?? "").replace(/\s+/g, " ").trim();
  const changed = () => form.dispatchEvent(new Event("change", { bubbles: true }));

  /** @param {HTMLElement} place @param {number} by */
  const go = (place, by) => {
    const next = places[places.indexOf(place) + by];
    if (next) {
      entrance(next)?.focus();
      next.scrollIntoView({ block: "nearest" });
    } else if (by > 0) {
      store.focus();
    }
  };
  /** @param {HTMLElement} place */
  const tell = (place) => {
    const chosen = ticks(place).filter((tick) => tick.checked);
    const two = place.dataset.takes === "one" && chosen.length > 1;
    place.classList.toggle("app-key--two", two);
    say(chosen.map(words).join(", ") + (two ? ": cannot count, and is kept as it stands" : ""));
  };
  /** @param {HTMLElement} place @param {HTMLInputElement} tick @param {boolean} adds */
  const choose = (place, tick, adds) => {
    const others = place.dataset.takes === "one" && !adds;
    const on = !tick.checked;
    if (others) for (const other of ticks(place)) other.checked = false;
    tick.checked = on;
    tick.focus();
    tell(place);
    changed();
  };
  /** @param {HTMLElement} place @param {string} value */
  const mark = (place, value) => {
    const select = place.querySelector("select");
    if (!select) return false;
    select.value = select.value === value ? "" : value;
    say(select.selectedOptions[0]?.textContent ?? "");
    changed();
    return true;
  };
  /** @param {KeyboardEvent} event */
  const pressed = (event) => (/^Digit\d$/.test(event.code) ? event.code.slice(5) : event.key.toLowerCase());

  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const place = here();
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    const active = document.activeElement;
    if (!place || !active) return;
    const inText = active.matches("textarea, input:not([type=checkbox])");
    if (event.altKey && ["i", "c"].includes(event.key.toLowerCase())) {
      if (mark(place, event.key.toLowerCase() === "i" ? "illegible" : "spoiled")) event.preventDefault();
    } else if (event.key === "Enter" && !(event.shiftKey && active.matches("textarea"))) {
      event.preventDefault();
      go(place, event.shiftKey ? -1 : 1);
    } else if (!inText && !event.ctrlKey && !event.altKey && !event.metaKey && !active.matches("select")) {
      const tick = ticks(place).find((one) => one.dataset.press === pressed(event));
      if (tick) {
        event.preventDefault();
        choose(place, tick, event.shiftKey);
      } else if (event.key === "Backspace") {
        event.preventDefault();
        for (const one of ticks(place)) one.checked = false;
        tell(place);
        changed();
      }
    }
  });
  form.addEventListener("change", (event) => {
    const place = event.target instanceof HTMLElement && event.target.matches("[data-press]") && event.target.closest("[data-key]");
    if (place instanceof HTMLElement) tell(place);
  });
  return {
    begin: () => {
      const first = places[0];
      if (first) entrance(first)?.focus();
    },
  };
}
