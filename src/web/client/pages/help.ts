//! Help: what the app promises, and what to do when something is odd.

import { to, type Page } from "./app";
import { details, heading, link, list, paragraph } from "./dom";

/** The page of help. */
export function help(): Promise<Page> {
  return Promise.resolve({
    title: "Help",
    back: "/",
    main: [
      heading(1, "Help"),
      heading(2, "What you can rely on"),
      list(
        "“Saved” means that it is on this device’s disk. It stays there until the service says that it has it.",
        "You can work without a network for weeks. Nothing is sent twice, however often it is tried.",
        "Nobody can read on this device what was saved: not you after 15 minutes, and nobody who steals it.",
        "Locking the device, closing the app or switching it off deletes nothing.",
      ),
      heading(2, "Questions"),
      details(
        "There is no network. Can I begin?",
        paragraph("Yes, if the consultation is “Ready for offline” on the home page. Unlock the device and begin. What you save is sent when there is a network and the app is open."),
      ),
      details(
        "I keyed something wrong",
        paragraph("For 15 minutes you can change it: on the next sheet press “Change sheet”, or find it under “Saved and sent”. After that, tell the desk officer."),
      ),
      details(
        "The app was closed while I was typing",
        paragraph("Unlock the device. What you had typed is on the home page under “Begun and not finished”."),
      ),
      details(
        "Somebody else wants to use this device",
        paragraph("Lock it. They choose their own name and passphrase. Each sees only what they began themselves; whatever is saved by anybody is sent by whoever has the app open."),
      ),
      details(
        "I interview somebody on a tablet I hand to them",
        paragraph("They see their own pages and cannot reach yours. When they have finished, their answers are gone from the screen, and going back does not bring them back. “Stop interviewing” locks the tablet."),
      ),
      details("Something needs attention", paragraph("Look at it under ", link(to("/queue/attention"), "Saved and sent"), ": it says what is wrong and what to do. Nothing is lost meanwhile.")),
      details(
        "This device is to be given away or repaired",
        paragraph("Connect it to a network and wait until nothing waits to be sent. If it cannot send, ", link(to("/rescue"), "make a rescue file"), " and give that to the office. Then tell the office to take the device off the list."),
      ),
    ],
  });
}
