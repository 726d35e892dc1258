//! Where this browser keeps nothing: the app does not begin, says so, and leads to the desk's own pages, which need a network.

import { Unreached, type Staff } from "../api";
import type { App, Page } from "./app";
import { button, heading, link, list, paragraph, type Child } from "./dom";

/** Keying online only. */
export async function online(app: App): Promise<Page> {
  return {
    title: "Key online, at the desk",
    main: [
      heading(1, "Key online, at the desk"),
      paragraph("This browser keeps nothing, so you cannot work here without a network. While you have one, you can key at the desk: each sheet is stored at the office as soon as you press its button."),
      ...(await ways(app)),
      heading(2, "To work without a network"),
      list(
        "Close this window and open the app in an ordinary one. A private (incognito) window forgets everything when it is closed.",
        "If it is an ordinary window, let the browser keep data of this site: look for “cookies and site data” in its settings.",
        "Or use another browser or device, and ask whoever looks after it.",
      ),
    ],
  };
}

/** The keying pages of whoever is signed in. */
async function ways(app: App): Promise<Child[]> {
  let staff: Staff | null;
  try {
    staff = await app.device.signedIn();
  } catch (error) {
    if (!(error instanceof Unreached)) throw error;
    return [paragraph("At the moment the service cannot be reached. Connect to a network, and try again."), button("Try again", () => app.again())];
  }
  if (!staff) return [paragraph(link("/staff/sign-in", "Sign in at the desk"))];
  const keying = staff.consultations.map((code) => link(`/staff/${code}/batches`, `Key paper for ${code}`));
  return [paragraph(`You are signed in as ${staff.name}.`), list(...keying, link("/staff", "All pages of the desk"))];
}
