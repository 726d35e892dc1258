//! What people must be told, in words: what happened, what is safe, what to do.

import type { Notice, Status } from "../api";
import type { App } from "./app";
import { to } from "./app";
import { button, el, heading, link, paragraph, type Child } from "./dom";
import { many } from "./when";

interface Told {
  title: string;
  /** Whether it stands in the way of work. */
  wrong: boolean;
  body: Child[];
}

type Tell = (notice: Notice, status: Status) => Told;

const WORDS: Record<Notice["code"], Tell> = {
  no_storage: () => ({
    title: "This browser keeps nothing",
    wrong: true,
    body: [
      paragraph("It may be a private window, or set to keep no data. Work done here would be lost, so the app does not begin. Key at the desk while you have a network, or open the app in an ordinary window."),
    ],
  }),
  newer_data: () => ({
    title: "A newer version of this app has been used here",
    wrong: true,
    body: [paragraph("Nothing is lost. Connect to the network and open the app again: it brings itself up to date.")],
  }),
  blocked: () => ({
    title: "Close the app’s other tabs",
    wrong: true,
    body: [paragraph("Another tab still uses the version before this one. Close it, and this one goes on.")],
  }),
  reload: () => ({
    title: "A new version is ready in another tab",
    wrong: false,
    body: [paragraph("Finish what you are typing; it is kept. Then close this tab and open the app again.")],
  }),
  nearly_full: (notice, status) => ({
    title: "This device is nearly full",
    wrong: true,
    body: [
      paragraph(
        `${notice.detail ?? "More than 80"} % of the room for this app is used, so no new sheet or interview can be begun. What you have begun can still be finished and saved. ${many(status.counts.pending, "item")} waiting to be sent: connect to the network, and as soon as they are sent there is room again.`,
      ),
      paragraph(link(to("/queue"), "See what waits to be sent")),
    ],
  }),
  storage_full: (_, status) => ({
    title: "There is no room left on this device",
    wrong: true,
    body: [
      paragraph(`What was shown as saved is safe: ${many(status.counts.pending, "item")} waiting to be sent. Nothing new can be saved until there is room. Connect to the network so that what waits is sent, or delete files you do not need from this device.`),
      paragraph(link(to("/queue"), "See what waits to be sent")),
    ],
  }),
  not_persisted: () => ({
    title: "This browser may delete what is kept here",
    wrong: false,
    body: [
      paragraph("It has not promised to keep the app’s data. If this is a private window, close it and use an ordinary one: a private window forgets everything when it is closed. Connect to the network at least once a week so that everything is sent. On a tablet or phone, add the app to the home screen: then most browsers keep its data."),
    ],
  }),
  evicted: (notice) => ({
    title: "This browser’s data was deleted",
    wrong: true,
    body: [
      paragraph(
        notice.detail && notice.detail !== "0"
          ? `${many(Number(notice.detail), "item")} saved here had not been sent. The office has been told how many. If the paper is still with you, key it again. If somebody made a rescue file, send that to the office.`
          : "Everything saved here had been sent, so nothing is lost. Enrol this device again to go on.",
      ),
    ],
  }),
  forged_receipt: () => ({
    title: "An answer did not come from our service",
    wrong: true,
    body: [
      paragraph("Something between this device and the service answered in its name. Nothing was lost, and nothing was marked as received. Change to another network, and tell whoever looks after the service."),
    ],
  }),
  revoked: (notice) => ({
    title: "The office has taken this device off its list",
    wrong: true,
    body: [
      paragraph(notice.detail ?? "What is waiting here can be sent no longer, and stays here. Make a rescue file and give it to the office, or ask the office to let the device in again."),
      paragraph(link(to("/rescue"), "Make a rescue file")),
    ],
  }),
  server_restored: (notice) => ({
    title: "The service was restored from a copy",
    wrong: false,
    body: [
      paragraph(`The service had to go back to an earlier copy of its data. This device still has ${many(Number(notice.detail ?? 0), "item")} that the copy lacks, and sends them again by itself. You need not do anything.`),
    ],
  }),
  rekey: (notice) => ({
    title: "The office asks for these sheets again",
    wrong: true,
    body: [
      paragraph("The service was restored from a copy that lacks these sheets, and this device no longer has them. Find the paper and key the sheets again, or tell the office:"),
      paragraph(el("strong", {}, notice.detail ?? "")),
    ],
  }),
  gaps: (notice) => ({
    title: "The service is missing some of this device’s work",
    wrong: false,
    body: [
      paragraph(`It has not received these numbers: ${notice.detail ?? "unknown"}. If the list under “Waiting to be sent” is empty, tell the office the numbers.`),
      paragraph(link(to("/queue"), "See what waits to be sent")),
    ],
  }),
  protocol: () => ({
    title: "This app is too old for the service",
    wrong: true,
    body: [paragraph("Everything saved is safe. While you have a network, close the app and open it again: it brings itself up to date and goes on sending.")],
  }),
};

/** The notices that hold, and the new version that waits. Those that can wait are shown only where `everything` is. */
export function notices(app: App, everything: boolean): HTMLElement[] {
  const { status, device } = app;
  const shown = status.notices.flatMap((notice) => {
    const told = WORDS[notice.code](notice, status);
    // While somebody works, only what stands in their way is said.
    if (!told.wrong && !everything) return [];
    const away = notice.dismissible && button("Put this away", () => device.dismiss(notice.code), "small", { "aria-label": `Put away: ${told.title}` });
    return [box(told.title, told.wrong, ...told.body, away)];
  });
  if (status.update_waiting) shown.push(update(app));
  return shown;
}

function update(app: App): HTMLElement {
  const made = box(
    "A new version of the app is ready",
    false,
    paragraph("Finish this sheet or interview, then press the button. You unlock the device again afterwards; nothing is lost."),
  );
  const press = button(
    "Change to the new version",
    async () => {
      if (await app.device.update()) return;
      press.after(paragraph("Not yet: something is still being written or sent, here or in another tab. Finish it, and press again."));
      app.say("Not yet: something is still being written or sent.");
    },
    "secondary",
  );
  made.append(press);
  return made;
}

function box(title: string, wrong: boolean, ...body: Child[]): HTMLElement {
  return el("section", { class: `app-notice${wrong ? " app-notice--wrong" : ""}`, "aria-label": title }, heading(2, title, "s"), ...body);
}
