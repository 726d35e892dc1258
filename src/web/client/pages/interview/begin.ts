//! Beginning an interview: which consultation, which wording, how one talks with the person.

import type { Channel, Edition, PulledConsultation } from "../../api";
import { to, type App, type Page } from "../app";
import { begunDraft } from "../begun";
import { heading, inset, link, list, paragraph, el } from "../dom";
import { form, line, radios, type Typed, type Wrong } from "../fields";
import { INTERVIEW } from "../names";
import { consultationOf, currentBundle, open, bundleOf } from "../shelf";

/** What the last interview was begun with: the next person is interviewed in the same way. */
export interface Way {
  consultation: string;
  edition: Edition;
  channel: Channel;
  event: string | null;
}

let last: Way | null = null;

/** How the last interview was begun; null before the first. */
export function lastWay(): Way | null {
  return last;
}

/** Which consultation, or how the interview of one is held. */
export async function interview(app: App, [code]: string[]): Promise<Page> {
  const all = (await app.device.consultations()).filter(open);
  const only = all.length === 1 ? all[0]?.code : undefined;
  const chosen = (code ?? only) === undefined ? null : await consultationOf(app.device, code ?? only ?? "");
  return chosen ? how(app, chosen) : Promise.resolve(which(all));
}

function which(all: readonly PulledConsultation[]): Page {
  return {
    title: "Interview somebody",
    back: "/",
    main: [
      heading(1, "Interview somebody"),
      all.length === 0
        ? inset(paragraph("No consultation on this device is open at the moment."))
        : paragraph("What is it about?"),
      el("ul", { class: "app-items" }, ...all.map((one) => el("li", { class: "app-item" }, heading(2, one.title, "s"), link(to(`/interview/${one.code}`), "Interview somebody", `about ${one.title}`)))),
    ],
  };
}

async function how(app: App, consultation: PulledConsultation): Promise<Page> {
  const ready = await Promise.all(
    (["standard", "easy_read"] as const).map(async (edition) => {
      const bundle = currentBundle(consultation, edition);
      return bundle !== null && (await bundleOf(app.device, bundle.digest)) !== null ? edition : null;
    }),
  );
  const names = { standard: ["Standard", "The full wording."], easy_read: ["Easy read", "Short sentences, large letters and pictures."] } as const;
  const editions = ready.filter((one) => one !== null).map((one) => ({ value: one, text: names[one][0], hint: names[one][1] }));
  const ways = Object.entries(INTERVIEW).map(([value, text]) => ({ value, text }));
  const before = last?.consultation === consultation.code ? last : null;
  return {
    title: "Interview somebody",
    back: "/",
    main: [
      heading(1, "Interview somebody"),
      paragraph(consultation.title),
      ...(editions.length === 0
        ? [inset(paragraph("Its questions are not on this device yet. Connect to a network and get them on the home page."))]
        : [
            form(
              "Begin the interview",
              (typed) => begun(app, consultation, typed),
              radios("edition", "Which wording?", editions, before?.edition ?? ""),
              radios("channel", "How do you talk with the person?", ways, before?.channel ?? "face_to_face"),
              line({ id: "event", label: "Code of the event (if there is one)", hint: "The desk officer knows it.", width: 10, value: before?.event ?? "" }),
            ),
          ]),
      heading(2, "Before you begin"),
      list(
        "Tell the person what it is about, that no name is asked, and that they may stop at any time.",
        "You may hand them the device, or read the questions out and enter the answers.",
        "Every question may be left out.",
      ),
    ],
  };
}

async function begun(app: App, consultation: PulledConsultation, typed: Typed): Promise<Wrong[]> {
  const edition = typed("edition") as Edition | "";
  const channel = typed("channel") as Channel | "";
  const wrong: Wrong[] = [];
  if (edition === "") wrong.push({ field: "edition", text: "Choose which wording" });
  if (channel === "") wrong.push({ field: "channel", text: "Choose how you talk with the person" });
  if (edition === "" || channel === "") return wrong;
  await begin(app, { consultation: consultation.code, edition, channel, event: typed("event").trim() || null });
  return [];
}

/** Begins an interview in this way. */
export async function begin(app: App, way: Way): Promise<void> {
  const consultation = await consultationOf(app.device, way.consultation);
  const bundle = consultation && currentBundle(consultation, way.edition);
  if (!bundle) return app.go("/interview");
  last = way;
  const { consultation: code, edition, channel, event } = way;
  const id = await begunDraft(app, { mode: "interview", consultation: code, bundle: bundle.digest, edition, channel, event });
  app.replace(id === null ? "/full" : `/interviewing/${id}/1`);
}
