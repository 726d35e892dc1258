// Coding by the keyboard: numbers choose among the themes in sight, typing looks for one. Without this file the page works too.

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("coding"));
if (form) {
  const said = document.getElementById("said");
  const filter = /** @type {HTMLInputElement} */ (document.getElementById("filter"));
  const themes = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-theme]")]);
  const groups = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-group]")]);
  /** @type {HTMLElement | null} */
  let last = null;

  /** @param {string} words */
  const say = (words) => {
    if (said) said.textContent = words;
  };
  const inSight = () => themes.filter((theme) => !theme.hidden);
  const number = () => {
    for (const theme of themes) /** @type {HTMLElement} */ (theme.querySelector("kbd")).hidden = true;
    inSight()
      .slice(0, 9)
      .forEach((theme, place) => {
        const key = /** @type {HTMLElement} */ (theme.querySelector("kbd"));
        key.textContent = String(place + 1);
        key.hidden = false;
      });
  };
  const show = () => {
    const sought = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const theme of themes) {
      const words = (theme.dataset.words ?? "").toLowerCase();
      theme.hidden = !sought.every((word) => words.includes(word));
    }
    for (const group of groups) group.hidden = ![...group.querySelectorAll("[data-theme]")].some((theme) => !(/** @type {HTMLElement} */ (theme).hidden));
    number();
    if (sought.length) say(`${inSight().length} themes in sight`);
  };
  /** @param {HTMLElement} theme */
  const tell = (theme) => {
    const tick = /** @type {HTMLInputElement} */ (theme.querySelector("input"));
    const stance = /** @type {HTMLSelectElement} */ (theme.querySelector("select"));
    const name = theme.querySelector("label span")?.textContent ?? "";
    say(`${name}: ${tick.checked ? "chosen" : "not chosen"}${stance.value ? `, ${stance.selectedOptions[0]?.textContent}` : ""}`);
  };
  /** @param {HTMLElement} theme */
  const choose = (theme) => {
    const tick = /** @type {HTMLInputElement} */ (theme.querySelector("input"));
    tick.checked = !tick.checked;
    last = theme;
    tick.focus();
    tell(theme);
  };
  const turn = () => {
    const stance = /** @type {HTMLSelectElement | null} */ (last?.querySelector("select") ?? null);
    if (!last || !stance) return;
    stance.selectedIndex = (stance.selectedIndex + 1) % stance.options.length;
    tell(last);
  };

  const legend = /** @type {HTMLElement} */ (form.querySelector("[data-keys]"));
  legend.hidden = false;
  number();
  filter.addEventListener("input", show);
  form.addEventListener("change", (event) => {
    const theme = event.target instanceof HTMLElement ? event.target.closest("[data-theme]") : null;
    if (theme instanceof HTMLElement) last = theme;
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    const active = document.activeElement;
    const typing = active?.matches("textarea, select, input:not([type=checkbox])") ?? false;
    if (event.key === "Escape" && active === filter) {
      filter.value = "";
      show();
      inSight()[0]?.querySelector("input")?.focus();
      return;
    }
    if (event.key === "Enter" && active === filter) {
      event.preventDefault();
      const first = inSight()[0];
      filter.value = "";
      show();
      if (first) choose(first);
      return;
    }
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (/^Digit[1-9]$/.test(event.code)) {
      const theme = inSight()[Number(event.code.slice(5)) - 1];
      if (theme) {
        event.preventDefault();
        choose(theme);
      }
    } else if (event.key === "s") {
      event.preventDefault();
      turn();
    } else if (event.key === "/") {
      event.preventDefault();
      filter.focus();
    } else if (/^[a-z]$/i.test(event.key) && !event.shiftKey) {
      filter.focus();
    }
  });
  if (!document.querySelector(".nhsuk-error-summary")) document.getElementById("answer")?.focus();
}
