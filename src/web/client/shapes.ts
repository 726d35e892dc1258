//! What travels between a device and the service, and what a form is: the shapes of docs/sync.md and of a published form.

/** Two wordings of the same questions. */
export type Edition = "standard" | "easy_read";

/** How a submission came in; the ones a device may bring. */
export type Channel =
  "online" | "paper" | "face_to_face" | "workshop" | "letter" | "email" | "telephone" | "petition" | "import";

/** Whether someone helped to fill it in. */
export type Help = "no" | "read_to_me" | "wrote_for_me" | "helped_decide" | "prefer_not";

/** One thing in all its wordings: `standard`, `easy_read`, `standard_cy` … */
export type Text = Readonly<Record<string, string>>;

/** `ask_if`: asked only when another question was answered in one of these ways. */
export interface Condition {
  readonly question: string;
  readonly is: readonly string[];
}

/** One thing a person can choose. */
export interface Choice {
  readonly code: string;
  readonly text: Text;
  readonly exclusive?: boolean;
}

/** One line of a list of statements. */
export interface Statement {
  readonly code: string;
  readonly text: Text;
  readonly ask_if?: Condition;
}

/** One question in both editions. */
export interface Question {
  readonly key: string;
  readonly kind: "choose_one" | "choose_many" | "scale" | "free_text" | "number" | "date" | "statements";
  readonly text: Text;
  readonly hint?: Text;
  readonly scale?: string;
  readonly choice?: readonly Choice[];
  readonly statement?: readonly Statement[];
  readonly comments?: boolean;
  readonly own_words?: { readonly with?: readonly string[]; readonly text: Text };
  readonly ask_if?: Condition;
  readonly max_length?: number;
  readonly least?: number;
  readonly most?: number;
  readonly substantive?: boolean;
}

/** A part of the form about one thing. */
export interface Section {
  readonly key: string;
  readonly title: Text;
  readonly information?: Readonly<Record<string, unknown>>;
  readonly area?: readonly unknown[];
  readonly after_sending?: boolean;
  readonly substantive?: boolean;
  readonly question?: readonly Question[];
}

/** A published form version, as `/api/v1/consultations/{code}/forms/{version}` gives it. */
export interface Form {
  readonly consultation: string;
  readonly form: string;
  readonly version: number;
  readonly title: Text;
  readonly scale?: readonly { readonly code: string; readonly choice: readonly Choice[] }[];
  readonly section: readonly Section[];
}

/** What arrived: ids, form version, edition, channel, provenance and raw answers. */
export interface Submission {
  response_id: string;
  revision_id: string;
  supersedes?: string;
  form?: string;
  form_version: number;
  edition: Edition;
  channel: Channel;
  completed_on: string | null;
  posted_on: string | null;
  received_on: string | null;
  answers: Record<string, unknown>;
  spoiled: string[];
  illegible: string[];
  help: Help | null;
  quote_consent: boolean | null;
  origin?: Origin;
}

/** Where a submission came from. */
export interface Origin {
  batch?: string;
  line?: number;
  paper_reference?: string;
  device?: string;
  keyed_by?: string;
  event?: string;
}

/** What stands in each field of a page, as a keyer or an interviewer entered it; several values where several were ticked. */
export interface Entry {
  values: Record<string, string[]>;
  /** Fields marked `illegible` or `spoiled`. */
  marks: Record<string, "illegible" | "spoiled">;
  /** What is written in the margin; never an answer. At most 1,000 characters. */
  note: string;
}

/** What an item says, by `kind`. */
export type Payload =
  | { kind: "response"; submission: Submission; note: string }
  | { kind: "sheet"; batch: number; sheet: number; keying_id: string; entry: Entry; submission: Submission }
  | { kind: "sheet_end"; batch: number; sheet: number; outcome: Ending; reason: string }
  | { kind: "withdrawal"; response_id: string; reason: string };

/** How a sheet ends that is not keyed. */
export type Ending = "spoiled" | "duplicate" | "void";

/** A payload that only the service can read; texts are base64url without padding. */
export interface Sealed {
  kid: string;
  epk: string;
  iv: string;
  ct: string;
}

/** One finalised thing as it is sent. Its JSON text is kept and never written anew. */
export interface Item {
  revision_id: string;
  response_id: string;
  device_seq: number;
  consultation: string;
  captured_at: string;
  beacon: string | null;
  keyed_by: string;
  hash: string;
  sealed: Sealed;
}

/** A public key of the service. */
export interface NamedKey {
  kid: string;
  jwk: JsonWebKey;
}

/** The service's keys. */
export interface Keys {
  receipt: NamedKey;
  seal: NamedKey;
  /** Receipt keys of earlier times, whose receipts stay good. */
  earlier?: readonly NamedKey[];
}

/** How much one push may hold. */
export interface Limits {
  items: number;
  batch_bytes: number;
  compressed_bytes: number;
  item_bytes: number;
}

/** Who is signed in at the desk in this browser. */
export interface Staff {
  /** As in `keyed_by`: `staff:…`. */
  id: string;
  name: string;
  /** The codes of those they may key for. */
  consultations: string[];
}

/** `GET info`. */
export interface Info {
  service: "soundings-sync";
  protocol: number[];
  epoch: string;
  seq: number;
  server_time: string;
  beacon: string;
  limits: Limits;
  keys: Keys;
  device?: { device_id: string; name: string; place: string } | null;
  staff?: Staff | null;
}

/** What became of one item. */
export interface Result {
  revision_id: string;
  status: "stored" | "duplicate" | "held" | "retry" | "refused";
  reason?: string;
  detail?: string;
  line?: number;
}

/** Lines of the server's sync log, signed together. */
export interface Receipt {
  kid: string;
  lines: string[];
  sig: string;
}

/** The answer to a push. */
export interface Pushed {
  service: "soundings-sync";
  protocol: number;
  epoch: string;
  anchor_ok: boolean;
  batch_id: string;
  server_time: string;
  beacon: string;
  results: Result[];
  receipt: Receipt | null;
  device?: { received_high: number; gaps: [number, number][] };
  backoff_s?: number;
}

/** One form of a consultation, all editions, ready to be used without a network. */
export interface Bundle {
  digest: string;
  consultation: string;
  form: string;
  version: number;
  editions: Partial<Record<Edition, BundleEdition>>;
  definition: Form;
  words: Readonly<Record<string, unknown>>;
  assets: string[];
}

/** A form in one edition: the resident's own pages, unfilled, and the keying page's fields. */
export interface BundleEdition {
  title: string;
  pages: BundlePage[];
  sheet: string;
}

/** One page; `asks` says when a field of it is asked at all. */
export interface BundlePage {
  slug: string;
  html: string;
  fields: string[];
  information: boolean;
  asks: Record<string, Condition>;
}

/** Where a bundle is found. */
export interface BundleLink {
  form: string;
  version: number;
  digest: string;
  editions: Edition[];
  url: string;
  /** Whether it is the one to begin with. */
  current: boolean;
}

/** What a device knows of a consultation. */
export interface PulledConsultation {
  type: "consultation";
  code: string;
  title: string;
  stage: "draft" | "open" | "closing" | "closed";
  opens_at: string;
  closes_at: string;
  owner: string;
  synthetic: boolean;
  digest: string;
  bundles: BundleLink[];
}

/** One counted pile of paper that is open. */
export interface PulledBatch {
  batch: number;
  source: string;
  place: string;
  received_on: string;
  postmark: "none" | "batch" | "sheet";
  posted_on: string | null;
  channel: Channel;
  edition: Edition;
  form_version: number;
  sheets: number;
  event?: string | null;
  /** Sheets that nobody has keyed. */
  open: number[];
  /** Sheets that wait for a second keying by somebody else than whom `keyed_by` names for them. */
  twice: number[];
  keyed_by?: Record<string, string>;
}

/** What a pull brings. */
export type Pulled =
  | PulledConsultation
  | { type: "consultation_gone"; code: string }
  | { type: "batches"; consultation: string; batches: PulledBatch[] }
  | { type: "decision"; revision_id: string; decision: "count" | "set_aside"; decided_on: string }
  | { type: "device"; revoked: boolean; message: string | null }
  | { type: "keys"; keys: Keys };
