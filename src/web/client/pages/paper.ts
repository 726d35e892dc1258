//! Paper that belongs to no batch: which consultation, which edition, when it came; then the sheet.

import { day, type Edition, type PulledConsultation } from "../api";
import { to, trouble, type App, type Page } from "./app";
import { change } from "./batches";
import { begunDraft } from "./begun";
import { button, el, heading, link, paragraph, type Child } from "./dom";
import { form, line, radios, type Typed, type Wrong } from "./fields";
import { EDITION } from "./names";
import { bundleOf, consultationOf, readiness } from "./shelf";
import { sheetPage } from "./sheet";
import { dayInWords, today } from "./when";

/** What was saved last here, to be offered again. */
let saved: { code: string; revision: string; until: string } | null = null;

/** Asks about the paper, or shows the sheet of a draft. */
export async function paper(app: App, [code = "", draft]: string[]): Promise<Page> {
  const consultation = await consultationOf(app.device, code);
  if (!consultation) return trouble("This consultation is not on this device", paragraph(link(to("/"), "See those that are")));
  return draft === undefined ? beginning(app, consultation) : sheet(app, consultation, draft);
}

async function beginning(app: App, consultation: PulledConsultation): Promise<Page> {
  const here = (await readiness(app.device, consultation)).filter((one) => one.here);
  const printed = here.flatMap(({ link: bundle }) =>
    bundle.editions.map((edition) => ({ value: `${bundle.digest} ${edition}`, text: `${EDITION[edition]}, version ${bundle.version}`, hint: "" })),
  );
  return {
    title: "Key paper that belongs to no batch",
    back: "/batches",
    main: [
      heading(1, "Key paper that belongs to no batch"),
      savedLine(app, consultation.code),
      paragraph(consultation.title),
      paragraph("If somebody has counted it in, key it with its batch instead, so that it is not counted twice."),
      form(
        "Go on",
        (typed) => begun(app, consultation, typed),
        radios("printed", "Which form is it?", printed, printed.length === 1 ? printed[0]?.value : "", "The version is printed at the foot of the paper."),
        line({ id: "received", label: "On which day did it reach the office?", hint: "Day, month, year, such as 14/12/2022. Whether it came in time is judged by this day.", width: 10, value: british(today()) }),
      ),
    ],
  };
}

function british(day_: string): string {
  return day_.split("-").reverse().join("/");
}

async function begun(app: App, consultation: PulledConsultation, typed: Typed): Promise<Wrong[]> {
  const wrong: Wrong[] = [];
  const [bundle = "", edition = ""] = typed("printed").split(" ");
  const received = day(typed("received"));
  if (bundle === "") wrong.push({ field: "printed", text: "Choose which form it is" });
  if (received === null) wrong.push({ field: "received", text: "Enter the day as day, month, year, such as 14/12/2022" });
  else if (received > today()) wrong.push({ field: "received", text: `${dayInWords(received)} has not come yet. Enter the day it reached the office` });
  if (wrong.length > 0) return wrong;
  const id = await begunDraft(app, { mode: "paper", consultation: consultation.code, bundle, edition: edition as Edition, channel: "paper", received_on: received });
  app.go(id === null ? "/full" : `/paper/${consultation.code}/${id}`);
  return [];
}

async function sheet(app: App, consultation: PulledConsultation, id: string): Promise<Page> {
  const opened = await app.device.open(id);
  const bundle = opened && (await bundleOf(app.device, opened.draft.bundle));
  if (!opened || !bundle) return trouble("This sheet is finished", paragraph("It was saved or thrown away."), paragraph(link(to(`/paper/${consultation.code}`), "Key another sheet")));
  const { draft } = opened;
  const title = draft.supersedes === null ? "Key a sheet that belongs to no batch" : "Change a sheet that belongs to no batch";
  return sheetPage(app, {
    open: opened,
    bundle,
    title,
    store: "Store this sheet",
    back: "/batches",
    before: [el("p", { class: "app-list__meta" }, `${consultation.title} · ${EDITION[draft.edition]}, version ${draft.form_version}${draft.received_on ? ` · Received ${dayInWords(draft.received_on)}` : ""}`)],
    after: [],
    stored: ({ revision_id: revision, editable_until: until }) => {
      saved = { code: consultation.code, revision, until };
      app.replace(`/paper/${consultation.code}`);
      app.say("The sheet is saved on this device.");
    },
  });
}

function savedLine(app: App, code: string): Child {
  if (saved?.code !== code) return null;
  const { revision, until } = saved;
  const again = Date.parse(until) > Date.now() && button("Change it", () => change(app, revision));
  if (again) again.className = "app-link-button";
  return el("div", { class: "app-saved", id: "saved" }, el("p", {}, el("strong", {}, "Saved. "), "The sheet is saved on this device."), again);
}
