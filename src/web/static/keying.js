// Keying by the keyboard alone. Without this file the page works too: every place is an ordinary control.
const form = document.getElementById("keying");
if (form) {
  const said = document.getElementById("said");
  const places = [...form.querySelectorAll("[data-key]")];
  const entrance = (place) =>
    place.querySelector("input:checked") ?? place.querySelector("input[type=checkbox], textarea, input:not([type=hidden])");
  const here = () => document.activeElement?.closest("[data-key]");
  const ticks = (place) => [...place.querySelectorAll("[data-press]")];
  const words = (tick) => tick.parentElement.textContent.replace(/\s+/g, " ").trim();

  const go = (place, by) => {
    const next = places[places.indexOf(place) + by];
    if (next) {
      entrance(next).focus();
      next.scrollIntoView({ block: "nearest" });
    } else if (by > 0) {
      document.getElementById("store").focus();
    }
  };
  const tell = (place) => {
    const chosen = ticks(place).filter((tick) => tick.checked);
    const two = place.dataset.takes === "one" && chosen.length > 1;
    place.classList.toggle("app-key--two", two);
    said.textContent = chosen.map(words).join(", ") + (two ? ": cannot count, and is kept as it stands" : "");
  };
  const choose = (place, tick, adds) => {
    const others = place.dataset.takes === "one" && !adds;
    const on = !tick.checked;
    if (others) for (const other of ticks(place)) other.checked = false;
    tick.checked = on;
    tick.focus();
    tell(place);
  };
  const mark = (place, value) => {
    const select = place.querySelector("select");
    if (!select) return false;
    select.value = select.value === value ? "" : value;
    said.textContent = select.selectedOptions[0].textContent;
    return true;
  };
  const pressed = (event) => (/^Digit\d$/.test(event.code) ? event.code.slice(5) : event.key.toLowerCase());

  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const place = here();
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (!place) return;
    const inText = document.activeElement.matches("textarea, input:not([type=checkbox])");
    if (event.altKey && ["i", "c"].includes(event.key.toLowerCase())) {
      if (mark(place, event.key.toLowerCase() === "i" ? "illegible" : "spoiled")) event.preventDefault();
    } else if (event.key === "Enter" && !(event.shiftKey && document.activeElement.matches("textarea"))) {
      event.preventDefault();
      go(place, event.shiftKey ? -1 : 1);
    } else if (!inText && !event.ctrlKey && !event.altKey && !event.metaKey && !document.activeElement.matches("select")) {
      const tick = ticks(place).find((one) => one.dataset.press === pressed(event));
      if (tick) {
        event.preventDefault();
        choose(place, tick, event.shiftKey);
      } else if (event.key === "Backspace") {
        event.preventDefault();
        for (const one of ticks(place)) one.checked = false;
        tell(place);
      }
    }
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-press]")) tell(event.target.closest("[data-key]"));
  });
  if (!document.querySelector(".nhsuk-error-summary")) entrance(places[0]).focus();
}
