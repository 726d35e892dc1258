//! What the device app's pages may ask of its core: open the device, unlock, keep drafts, finalise, see what became of it.
//!
//! The app is one page under `/keying/`: keys live in memory alone, so a full page load locks the device again.
//! Pages import from here and from the pure modules (`check`, `routing`, `entry`), and from nowhere else.

import type { Bundle, Channel, Edition, Ending, Entry, PulledBatch, PulledConsultation, Staff } from "./shapes";

export type { Bundle, Channel, Edition, Ending, Entry, Form, Help, PulledBatch, PulledConsultation, Staff, Submission } from "./shapes";
export { openDevice } from "./device";
export { FACTS, codesOfEntry, day, submissionOf, wordsFor, wrongFacts } from "./entry";
export type { Wrong } from "./entry";
export { browserLength, check } from "./check";
export type { Answers, Checked, Finding, Rule } from "./check";
export { asked, fields, fieldOf, offered, pages, pageIsFor } from "./routing";
export type { Field, Page } from "./routing";

/** What a draft is for. */
export type Mode =
  /** Somebody is interviewed, on the resident's own pages. */
  | "interview"
  /** A sheet of a counted batch is keyed. */
  | "sheet"
  /** Paper that belongs to no batch is keyed. */
  | "paper";

/** A thing being written, kept encrypted from the first key press on. */
export interface Draft {
  readonly response_id: string;
  readonly mode: Mode;
  readonly consultation: string;
  /** The digest of its bundle: a draft stays on the version it began with. */
  readonly bundle: string;
  readonly form_version: number;
  readonly channel: Channel;
  readonly batch: number | null;
  readonly sheet: number | null;
  /** The revision it corrects, when it was opened again after it had been finalised. */
  readonly supersedes: string | null;
  readonly begun_at: string;
  readonly edition: Edition;
  /** The day paper of no batch reached the office, `YYYY-MM-DD`. A sheet has its batch's. */
  readonly received_on: string | null;
  /** Where the day of the postmark is found: on each sheet's envelope (`sheet.posted_on`), once for the batch, or nowhere. */
  readonly postmark: "none" | "batch" | "sheet";
  /** The postmark of the whole batch. */
  readonly posted_on: string | null;
  /** The code of the event, if any. */
  readonly event: string | null;
  readonly entry: Entry;
  /** Where the person is: the slug of the page. */
  readonly page: string | null;
}

/** What may change in a draft. */
export type Change = Partial<Pick<Draft, "edition" | "received_on" | "event" | "entry" | "page">>;

/** What is needed to begin a draft. */
export type Beginning = Pick<Draft, "mode" | "consultation" | "bundle" | "edition" | "channel"> &
  Partial<Pick<Draft, "batch" | "sheet" | "received_on" | "event">>;

/** A draft that is open in this tab. */
export interface OpenDraft {
  readonly draft: Draft;
  /** False when another tab has it open: show it and let nothing be typed. */
  readonly writable: boolean;
  /** Changes it in memory at once and on the disk, encrypted, 300 ms later at most. Replaces whole members, so hand in a new `entry`. */
  change(change: Change): void;
  /** Waits until what was typed is on the disk. Throws {@link NotKept} when it cannot be. */
  keep(): Promise<void>;
  /**
   * Finalises it: the item is sealed, numbered and kept in one durable transaction, and the draft is gone. "Saved" may be
   * shown once this resolves, and not before. Throws {@link NotKept}, with the draft still there, when it cannot be kept.
   */
  finalise(): Promise<Finalised>;
  /** Throws the draft away. Ask first. */
  discard(): Promise<void>;
  /** Keeps it, and lets other tabs have it. */
  close(): Promise<void>;
}

/** One finalised thing. */
export interface Finalised {
  revision_id: string;
  response_id: string;
  device_seq: number;
  /** Until when it can be opened again to be edited here; an instant. */
  editable_until: string;
}

/** A finalised thing as a list shows it. No answer can be read back. */
export interface Kept {
  revision_id: string;
  response_id: string;
  device_seq: number;
  state: "pending" | "received" | "attention";
  kind: "response" | "sheet" | "sheet_end" | "withdrawal";
  consultation: string;
  batch: number | null;
  sheet: number | null;
  /** Whose it is: `staff:…`. */
  keyed_by: string;
  finalised_at: string;
  received_at: string | null;
  /** When the server keeps it for a person to decide: why. */
  held: string | null;
  /** What was decided about a held one. */
  decision: "count" | "set_aside" | null;
  /** Under attention: why, and what the server said. */
  reason: string | null;
  detail: string | null;
  /** An instant, while it can still be edited by whoever made it, and only by them. */
  editable_until: string | null;
}

/** How many of each, on this device. */
export interface Counts {
  drafts: number;
  pending: number;
  received: number;
  attention: number;
  /** When the oldest pending one was finalised. */
  oldest_pending: string | null;
  /** Everything ever received from this device, also what is no longer on it. */
  ever_received: number;
}

/** What the uploader is doing. */
export interface Sending {
  state: "idle" | "sending" | "other_tab" | "waiting" | "stopped";
  /** When stopped: what is needed before it goes on. */
  needs: "sign_in" | "enrolment" | "new_version" | "revoked" | null;
  /** When waiting: until when, an instant. */
  until: string | null;
  /** Whether the last try reached the service itself. */
  reached: boolean | null;
  /** When something was last received. */
  last_received_at: string | null;
}

/** Something a person must be told, until they say that they have read it or it passes by itself. */
export interface Notice {
  code:
    | "no_storage" /** This browser keeps nothing (private mode): key at the desk, online. */
    | "newer_data" /** A newer version of the app has been here: reload; nothing is deleted. */
    | "blocked" /** Another tab holds the old version open: close it. */
    | "reload" /** A newer version wants to upgrade the storage: reload to go on. */
    | "nearly_full" /** So little room is left that nothing new is begun; `detail` is how much is used, in percent. */
    | "storage_full" /** Nothing new can be kept; what is there is safe. */
    | "not_persisted" /** The browser may delete data it has not been asked to keep. */
    | "evicted" /** The browser deleted what was kept here; `detail` says how many were waiting. */
    | "forged_receipt" /** An answer carried a signature that is not the service's. */
    | "revoked" /** The office has blocked this device; `detail` is its message. */
    | "server_restored" /** The service went back in time; `detail` items are sent again. */
    | "rekey" /** Sheets that the service lost and this device no longer has: `detail` lists batch and sheet. */
    | "gaps" /** Numbers that the service has not received from this device. */
    | "protocol" /** The service speaks a newer protocol: reload when online. */;
  detail: string | null;
  at: string;
  /** Whether a person may put it away. */
  dismissible: boolean;
}

/** A person's profile on this device. */
export interface Profile {
  /** `staff:…` */
  id: string;
  name: string;
  created_at: string;
  drafts: number;
}

/** Everything a status line needs. */
export interface Status {
  storage: "ok" | "none" | "newer" | "full";
  persisted: boolean | null;
  /** What the browser believes; only a try tells. */
  online: boolean;
  device: { device_id: string; name: string; place: string } | null;
  /** The profile that is unlocked in this tab. */
  profile: Profile | null;
  profiles: Profile[];
  counts: Counts;
  sending: Sending;
  notices: Notice[];
  /** When the service was last asked for news, an instant. */
  checked_at: string | null;
  /** Whether a newer version of the app is downloaded and waits. */
  update_waiting: boolean;
}

/** A batch, with what this device knows of it before the service does. */
export interface BatchHere extends PulledBatch {
  /** Sheets finalised here, by number, with whose they are; also those the service has, while they are on this device. */
  done_here: { sheet: number; profile: string }[];
  /** Sheets with a draft here, by number, with whose it is. */
  drafts_here: { sheet: number; profile: string }[];
}

/** What became of a try to unlock. */
export type Unlocked = { ok: true } | { ok: false; wait_s: number };

/** Something changed: read again what you show of it. */
export type Changed = "queue" | "drafts" | "shelf" | "lock" | "status";

/** The device. */
export interface Device {
  status(): Promise<Status>;
  /** Calls back whenever something changes, here or in another tab; returns how to stop. */
  onChange(tell: (what: Changed) => void): () => void;
  /** Puts a notice away. */
  dismiss(code: Notice["code"]): Promise<void>;

  /** Who is signed in at the desk in this browser; null when nobody is. Needs the network: throws {@link Unreached}. */
  signedIn(): Promise<Staff | null>;
  /** Enrols the device under a name and place such as "Library laptop 3", "Leigh library". Somebody must be signed in. */
  enrol(name: string, place: string): Promise<void>;
  /** Makes the profile of whoever is signed in. The passphrase must pass {@link passphraseFault}. */
  createProfile(passphrase: string): Promise<Profile>;
  /** Unlocks a profile in this tab. */
  unlock(profile: string, passphrase: string): Promise<Unlocked>;
  /** Keeps what is open and forgets the keys, in every tab. Nothing is deleted. */
  lock(): Promise<void>;
  /** Gives the unlocked profile another passphrase. */
  changePassphrase(old: string, fresh: string): Promise<Unlocked>;
  /**
   * Lets go of a profile whose passphrase is forgotten: its drafts can be read by nobody and are deleted, its queue still
   * uploads. Ask first. Returns how many drafts were lost.
   */
  forgetProfile(profile: string): Promise<number>;

  /** The consultations this device was given, in the order of their titles. */
  consultations(): Promise<PulledConsultation[]>;
  /** A bundle that is on the device; null when it is not (yet). Its html is the service's own and carries no script. */
  bundle(digest: string): Promise<Bundle | null>;
  /** The open batches of a consultation. */
  batches(consultation: string): Promise<BatchHere[]>;
  /** Asks the service for news now; resolves when it is on the device. Throws {@link Unreached}. */
  refresh(): Promise<void>;

  /** The unlocked profile's drafts, newest first. Throws {@link Locked}. */
  drafts(): Promise<Draft[]>;
  /** Begins a draft. Throws {@link Locked}, or {@link NotKept}, also when there is too little room to begin anything new. */
  begin(beginning: Beginning): Promise<OpenDraft>;
  /** Opens a draft; read-only when another tab has it. Null when there is none. */
  open(response_id: string): Promise<OpenDraft | null>;
  /** Opens a finalised thing again, within its 15 minutes: a draft that will supersede it. Null when it is too late. */
  edit(revision_id: string): Promise<OpenDraft | null>;
  /** Ends a sheet that is not keyed. */
  endSheet(end: { consultation: string; batch: number; sheet: number; outcome: Ending; reason: string }): Promise<Finalised>;
  /** Withdraws a response that this device finalised. */
  withdraw(withdrawal: { consultation: string; response_id: string; reason: string }): Promise<Finalised>;

  /** What was finalised here and is still here, newest first; `after` is the `device_seq` the page before ended with. */
  kept(options?: { state?: Kept["state"]; after?: number; most?: number }): Promise<Kept[]>;
  /** Sends now, whatever the device's own waiting time (one that the service asked for is kept); resolves when this run has ended. */
  sendNow(): Promise<void>;
  /** Lets an item under attention be sent again. */
  retry(revision_id: string): Promise<void>;
  /** Everything that the service has not received, sealed, as a file for `recovery`. */
  rescueFile(): Promise<File>;

  /** Activates a newer version of the app and reloads every tab; false when a draft is being written or sent somewhere. */
  update(): Promise<boolean>;
}

export { Denied, Locked, NotKept, Unreached } from "./faults";

/** What is wrong with a passphrase, in a sentence; null when it is good. */
export { passphraseFault } from "./seal";
