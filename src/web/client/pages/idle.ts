//! Locking a device that nobody touches: a warning first, then the lock. What was typed is kept.

import type { App } from "./app";
import { el, heading, paragraph } from "./dom";

/** Minutes without a key, a touch or a click until it locks. */
const LOCK_AFTER_MIN = 10;
/** How long before that it says so, in seconds. */
const WARN_S = 60;

/** Locks the device when nobody has touched it for a while. */
export function watchIdleness(app: App): void {
  let touched = Date.now();
  let warning: HTMLElement | null = null;
  const stay = (): void => {
    touched = Date.now();
    warning?.remove();
    warning = null;
  };
  for (const event of ["keydown", "pointerdown", "scroll"] as const) addEventListener(event, stay, { passive: true });
  const look = (): void => {
    if (!app.status.profile) return stay();
    const left = LOCK_AFTER_MIN * 60 - (Date.now() - touched) / 1000;
    if (left <= 0) {
      stay();
      void app.device.lock();
    } else if (left <= WARN_S && !warning) {
      warning = el(
        "div",
        { class: "app-notice app-notice--wrong", role: "alert" },
        heading(2, "This device is about to lock"),
        paragraph("Nobody has used it for a while. Press any key or touch the screen to go on. What you typed is kept either way."),
      );
      document.getElementById("around")?.append(warning);
    }
  };
  setInterval(look, 5000);
}
