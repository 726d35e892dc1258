//! What became of something saved, in words a librarian understands, and what to do about it.

import type { Kept } from "../api";
import type { Colour } from "./dom";
import { moment } from "./when";

/** Why the service keeps something for a person at the office to decide. */
const HELD: Record<string, string> = {
  conflict: "it was changed in two places, or something else came under the same number",
  not_understood: "some of its answers cannot be understood",
  unknown_version: "the service does not know this version of the form",
  late: "it is dated after the consultation closed",
  unproven: "nothing proves that it was filled in before the consultation closed",
  unreadable: "the service could not make sense of it",
  unknown_keyer: "the service does not know who keyed it, or that person may no longer key",
  ledger_refused: "it could not be put in its batch: the sheet was keyed or ended by somebody else, or the batch is closed",
  not_yet_open: "it came before the consultation opened",
  cannot_withdraw: "what it takes back is not there, or may no longer be taken back",
};

/** Why something could not be handed over, and what to do. */
const REVOKED = "The office has taken this device off its list. Make a rescue file and give it to the office, or ask them to let the device in again.";
const FILE = "Make a rescue file and give it to the office.";
const REFUSED: Record<string, string> = {
  device_revoked: REVOKED,
  revoked: REVOKED,
  not_this_device: "This device may no longer bring anything in for this consultation. Ask the office, then press “Send it again”.",
  too_large: `It is larger than the service takes. ${FILE}`,
  no_item: `The service did not understand it. ${FILE}`,
  other_device: `It was saved before this device was set up anew, so it cannot be sent from here. ${FILE}`,
  missing_bytes: "Part of it is missing on this device, so it cannot be sent. If you have the paper, key it again, and tell the office.",
  broke: `The service stumbled over this one, so it was put aside and the others were sent. Press “Send it again” later; if that does not help, make a rescue file and give it to the office.`,
};

/** What something saved is called. */
export function itemName(kept: Kept): string {
  const at = kept.batch === null ? "" : `Batch ${kept.batch}, sheet ${kept.sheet ?? "?"}`;
  switch (kept.kind) {
    case "sheet":
      return at;
    case "sheet_end":
      return `${at}: not keyed`;
    case "withdrawal":
      return "A response taken back";
    case "response":
      return `Interview or single sheet, number ${kept.device_seq}`;
  }
}

/** Its state in a word or two, and the colour that goes with it. */
export function stateTag(kept: Kept): [string, Colour] {
  if (kept.state === "attention") return ["Needs attention", "red"];
  if (kept.state === "pending") return ["Waiting to be sent", "yellow"];
  if (kept.decision === "count") return ["Received and counted", "green"];
  if (kept.decision === "set_aside") return ["Received and set aside", "grey"];
  return kept.held === null ? ["Received", "green"] : ["Received, being looked at", "blue"];
}

/** Its state in a sentence. */
export function stateWords(kept: Kept): string {
  if (kept.state === "attention") return trouble(kept);
  if (kept.state === "pending") return kept.editable_until === null ? "It is saved on this device and is sent as soon as there is a network." : `You can still change it, until ${clock(kept.editable_until)}. After that nobody can read it on this device.`;
  const received = kept.received_at === null ? "The service has it." : `The service received it ${moment(kept.received_at)}.`;
  if (kept.decision === "count") return `${received} The office decided that it counts.`;
  if (kept.decision === "set_aside") return `${received} The office decided that it does not count.`;
  if (kept.held === null) return received;
  return `${received} Somebody at the office decides about it, because ${HELD[kept.held] ?? "something about it has to be looked at"}. You need not do anything.`;
}

function trouble(kept: Kept): string {
  const known = REFUSED[kept.reason?.startsWith("status_") ? "broke" : (kept.reason ?? "")];
  const said = kept.detail ? ` The service said: ${kept.detail}` : "";
  return known ?? `The service would not take it.${said} It stays on this device. Press “Send it again”, or make a rescue file and give it to the office.`;
}

function clock(instant: string): string {
  return moment(instant).replace(/^today at /, "");
}
