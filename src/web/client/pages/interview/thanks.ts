//! Between two interviews: thanks to the one, an empty screen for the next. Nothing of anybody is on it.

import type { Bundle, Edition } from "../../api";
import { DESK, type App, type Look, type Page } from "../app";
import { button, heading, el, paragraph } from "../dom";
import { begin, lastWay } from "./begin";
import { said } from "./plan";

/** In whose words the person who has just finished is thanked. */
interface Farewell {
  bundle: Bundle;
  edition: Edition;
  look: Look;
}

let farewell: Farewell | null = null;

/** Remembers how to thank the person. */
export function remember(words: Farewell): void {
  farewell = words;
}

/** Thanks; also where one ends up who goes back to an interview that is over. */
export function thanks(app: App, [stopped]: string[]): Promise<Page> {
  const look = farewell?.look ?? { ...DESK, interview: true };
  const say = (id: string): HTMLElement | null => (farewell ? paragraph(said(farewell.bundle, farewell.edition, id)) : null);
  const title = farewell ? said(farewell.bundle, farewell.edition, stopped ? "interview-stopped" : "interview-thanks") : "This interview is over";
  const lead = stopped ? [say("interview-stopped-lead")] : [say("interview-thanks-lead"), say("interview-gone")];
  return Promise.resolve({ title: look.service, look, main: [heading(1, title), ...lead, staff(app)] });
}

function staff(app: App): HTMLElement {
  const next = async (): Promise<void> => {
    const way = lastWay();
    if (way) await begin(app, way);
    else app.go("/interview");
  };
  const stop = async (): Promise<void> => {
    history.replaceState(null, "", "#/");
    await app.device.lock();
  };
  return el(
    "section",
    { class: "app-staff", "aria-labelledby": "staff" },
    el("h2", { class: "nhsuk-heading-s", id: "staff" }, "For staff"),
    el("div", { class: "nhsuk-button-group" }, button("Next person", next), button("Stop interviewing and lock the device", stop, "secondary")),
  );
}
