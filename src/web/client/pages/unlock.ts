//! Unlocking: who one is, and the passphrase.

import type { Profile } from "../api";
import type { App, Page } from "./app";
import { to } from "./app";
import { form, line, radios, showWrong, type Wrong } from "./fields";
import { button, details, heading, link, list, paragraph } from "./dom";
import { many, span } from "./when";

/** Asks who it is and for the passphrase; then goes on to the page that was asked for. */
export function unlock(app: App): Promise<Page> {
  const { profiles, device } = app.status;
  const only = profiles.length === 1 ? profiles[0] : undefined;
  const who = only
    ? paragraph(`You are ${only.name}.`)
    : radios("who", "Who are you?", profiles.map((profile) => ({ value: profile.id, text: profile.name })), remembered(profiles));
  const made = form(
    "Unlock",
    (typed) => tried(app, only?.id ?? typed("who"), typed("passphrase")),
    who,
    line({ id: "passphrase", label: "Your passphrase", type: "password", autocomplete: "current-password" }),
  );
  return Promise.resolve({
    title: "Unlock this device",
    main: [
      heading(1, "Unlock this device"),
      paragraph(`${device?.name ?? ""}, ${device?.place ?? ""}`),
      made,
      details(
        "I have forgotten my passphrase",
        paragraph("Nobody can find it out for you. What was saved is still sent. What you had begun and not finished cannot be read any more."),
        list("If you may remember it later, wait: nothing is deleted.", "To begin anew with another passphrase, let go of the old one. You need the network and your sign-in for that."),
        ...profiles.map((profile) => button(`Let go of ${profile.name}’s passphrase`, () => letGo(app, profile, made), "secondary")),
      ),
      paragraph(link(to("/begin"), "Add a keyer to this device")),
    ],
    focus: only ? () => document.getElementById("passphrase")?.focus() : undefined,
  });
}

async function tried(app: App, who: string, passphrase: string): Promise<Wrong[]> {
  if (who === "") return [{ field: "who", text: "Choose who you are" }];
  if (passphrase === "") return [{ field: "passphrase", text: "Enter your passphrase" }];
  const unlocked = await app.device.unlock(who, passphrase);
  if (unlocked.ok) {
    sessionStorage.setItem("who", who);
    return [];
  }
  const wait = unlocked.wait_s > 0 ? ` You can try again in ${span(Math.max(60, unlocked.wait_s))}.` : " Try again";
  return [{ field: "passphrase", text: `This is not the passphrase.${wait}` }];
}

/** Whoever unlocked it last in this tab. */
function remembered(profiles: readonly Profile[]): string {
  const last = sessionStorage.getItem("who") ?? "";
  return profiles.some((profile) => profile.id === last) ? last : "";
}

async function letGo(app: App, profile: Profile, made: HTMLElement): Promise<void> {
  const lost = profile.drafts === 0 ? "There are none that were begun and not finished." : `${many(profile.drafts, "sheet or interview", "sheets or interviews")} that were begun and not finished will be lost.`;
  if (!confirm(`Let go of ${profile.name}’s passphrase? ${lost} What was saved is still sent. This cannot be undone.`)) return;
  try {
    await app.device.forgetProfile(profile.id);
    app.go("/begin");
  } catch (error) {
    showWrong(made, [{ field: "passphrase", text: error instanceof Error ? error.message : String(error) }]);
  }
}
