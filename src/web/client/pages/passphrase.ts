//! Choosing a passphrase: what makes a good one, how good it is while it is typed, and what happens when it is forgotten.

import { NotKept, passphraseFault } from "../api";
import type { App, Page } from "./app";
import { el, heading, inset, list, on, paragraph, put, type Child } from "./dom";
import { checkbox, form, line, type Typed, type Wrong } from "./fields";
import { notKept } from "./sheet";

/** The fields of a new passphrase, with what to know about it. */
export function newPassphrase(): Child[] {
  const first = line({ id: "passphrase", label: "Your passphrase", hint: "Four words or more, with spaces between them.", type: "password", autocomplete: "new-password" });
  const again = line({ id: "again", label: "The same passphrase again", type: "password", autocomplete: "new-password" });
  const show = checkbox("show", "Show what I type");
  const input = first.querySelector("input");
  const second = again.querySelector("input");
  const meter = el("meter", { class: "app-meter", min: 0, max: 4, low: 2, high: 3, optimum: 4, value: 0, "aria-label": "How good the passphrase is", id: "meter" });
  const words = el("p", { class: "nhsuk-hint", id: "meter-words", "aria-live": "polite" }, "Nothing typed yet");
  if (input) {
    on(input, "input", () => {
      const [value, said] = judged(input.value);
      meter.value = value;
      if (words.textContent !== said) words.textContent = said;
    });
  }
  const box = show.querySelector("input");
  if (box) {
    on(box, "change", () => {
      for (const each of [input, second]) each?.setAttribute("type", box.checked ? "text" : "password");
    });
  }
  put(first, meter, words);
  return [
    paragraph("The passphrase locks what you write on this device until it is finished. Choose words that have nothing to do with each other or with you, such as four things you can see from different windows."),
    inset(
      paragraph("If you forget it, nobody can find it out:"),
      list("sheets and interviews you had not finished are lost", "everything that was shown as saved is still sent"),
    ),
    first,
    again,
    show,
  ];
}

/** What is wrong with what was chosen. */
export function wrongWith(typed: Typed): Wrong[] {
  const passphrase = typed("passphrase");
  if (passphrase.trim() === "") return [{ field: "passphrase", text: "Enter a passphrase of four words or more" }];
  const fault = passphraseFault(passphrase);
  if (fault !== null) return [{ field: "passphrase", text: fault }];
  if (typed("again") !== passphrase) return [{ field: "again", text: "This is not the same passphrase. Type it again" }];
  return [];
}

/** How good a passphrase is, from 0 to 4, and in words. */
function judged(passphrase: string): [number, string] {
  const words = new Set(passphrase.toLowerCase().split(/\s+/).filter((word) => word.length > 1));
  if (passphrase.trim() === "") return [0, "Nothing typed yet"];
  if (passphraseFault(passphrase) !== null) return [Math.min(words.size, 2) / 2, "Not enough yet: four different words or more"];
  const letters = [...words].join("").length;
  if (words.size >= 5 || letters >= 28) return [4, "Very good"];
  return letters >= 20 ? [3, "Good"] : [2, "Enough. Longer words are better"];
}

/** Gives oneself another passphrase. */
export function changePassphrase(app: App): Promise<Page> {
  return Promise.resolve({
    title: "Change my passphrase",
    back: "/",
    main: [
      heading(1, "Change my passphrase"),
      form(
        "Change passphrase",
        (typed) => changed(app, typed),
        line({ id: "old", label: "The passphrase you have now", type: "password", autocomplete: "current-password" }),
        ...newPassphrase(),
      ),
    ],
  });
}

async function changed(app: App, typed: Typed): Promise<Wrong[]> {
  const wrong = wrongWith(typed);
  if (typed("old") === "") wrong.unshift({ field: "old", text: "Enter the passphrase you have now" });
  if (wrong.length > 0) return wrong;
  try {
    const done = await app.device.changePassphrase(typed("old"), typed("passphrase"));
    if (!done.ok) return [{ field: "old", text: "This is not the passphrase you have now" }];
  } catch (error) {
    if (error instanceof NotKept) return [{ field: "passphrase", text: notKept(error) }];
    throw error;
  }
  app.go("/");
  app.say("Your passphrase is changed.");
  return [];
}
