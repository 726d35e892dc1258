//! Drafts: what is being written, on the disk and encrypted within a moment of each key press, open in one tab at a time.

import type { Beginning, Change, Draft, Finalised, OpenDraft } from "./api";
import type { Core } from "./core";
import { submissionOf } from "./entry";
import { NotKept } from "./faults";
import { remember } from "./marker";
import { copyOf, enrolment, finalise, freshId, withRoom } from "./outbox";
import { mayBegin } from "./room";
import { hide, reveal } from "./seal";
import { batchOf, bundleOf } from "./shelf";
import type { Payload } from "./shapes";

/** The unlocked profile's drafts, newest first. */
export async function list(core: Core): Promise<Draft[]> {
  const { profile, key } = core.unlocked();
  const rows = await core.storage.read(["drafts"], (tx) => tx.store.getAll());
  const mine = rows.filter((row) => row.profile === profile).sort((a, b) => b.saved_at.localeCompare(a.saved_at));
  const texts = await Promise.all(mine.map((row) => reveal(key, `draft|${row.response_id}`, row)));
  return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Draft]));
}

/** Begins a draft. Nothing is written before something is typed. */
export async function begin(core: Core, beginning: Beginning): Promise<OpenDraft> {
  core.unlocked();
  await enrolment(core);
  if (!(await mayBegin(core))) throw new NotKept(true, new Error("too little room is left to begin anything new"));
  const bundle = await bundleOf(core, beginning.bundle);
  if (!bundle) throw new RangeError("that form is not on this device");
  const { batch = null, sheet = null } = beginning;
  const about = batch === null ? null : await batchOf(core, beginning.consultation, batch);
  if (batch !== null && !about) throw new RangeError("that batch is not on this device");
  const draft: Draft = {
    response_id: freshId(),
    mode: beginning.mode,
    consultation: beginning.consultation,
    bundle: beginning.bundle,
    form_version: bundle.version,
    channel: about?.channel ?? beginning.channel,
    batch,
    sheet,
    supersedes: null,
    begun_at: new Date().toISOString(),
    edition: about?.edition ?? beginning.edition,
    received_on: about?.received_on ?? beginning.received_on ?? null,
    postmark: about?.postmark ?? (beginning.mode === "paper" ? "sheet" : "none"),
    posted_on: about?.posted_on ?? null,
    event: about?.event ?? beginning.event ?? null,
    entry: { values: {}, marks: {}, note: "" },
    page: null,
  };
  return opened(core, draft);
}

/** Opens a draft that is on the disk. */
export async function open(core: Core, response_id: string): Promise<OpenDraft | null> {
  const { profile, key } = core.unlocked();
  const row = await core.storage.read(["drafts"], (tx) => tx.store.get(response_id));
  if (!row || row.profile !== profile) return null;
  const text = await reveal(key, `draft|${response_id}`, row);
  return text === null ? null : opened(core, JSON.parse(text) as Draft);
}

/** Opens a finalised thing again: the draft of a revision that supersedes it. */
export async function edit(core: Core, revision_id: string): Promise<OpenDraft | null> {
  const { key } = core.unlocked();
  const row = await copyOf(core, revision_id);
  if (!row) return null;
  const begun = await open(core, row.response_id);
  if (begun) return begun;
  const text = await reveal(key, `undo|${revision_id}`, row);
  if (text === null) return null;
  const draft = await opened(core, { ...(JSON.parse(text) as Draft), supersedes: revision_id });
  if (draft.writable) {
    draft.change({});
    await draft.keep();
  }
  return draft;
}

async function opened(core: Core, draft: Draft): Promise<OpenDraft> {
  const letGo = await core.hold(`draft-${draft.response_id}`);
  return new Writing(core, draft, letGo);
}

class Writing implements OpenDraft {
  readonly writable: boolean;
  private dirty = false;
  private ended = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving: Promise<void> = Promise.resolve();
  /** While something is typed and not yet on the disk, no newer version of the app may take over. */
  private unsaved: Promise<(() => void) | null> | null = null;

  constructor(
    private readonly core: Core,
    private now: Draft,
    private readonly letGo: (() => void) | null,
  ) {
    this.writable = letGo !== null;
    if (this.writable) core.writing.add(this);
  }

  get draft(): Draft {
    return this.now;
  }

  change(change: Change): void {
    if (!this.writable || this.ended) throw new RangeError("this draft is open in another tab, or has ended");
    this.now = { ...this.now, ...change };
    this.dirty = true;
    this.unsaved ??= this.core.hold("unsaved", "shared");
    this.timer ??= setTimeout(() => void this.keep().catch(() => undefined), this.core.settings.save_ms);
  }

  keep(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.saving = this.saving.catch(() => undefined).then(() => this.save());
    return this.saving;
  }

  private async save(): Promise<void> {
    if (!this.dirty || this.ended) return;
    const draft = this.now;
    const { profile, key } = this.core.unlocked();
    const hidden = await hide(key, `draft|${draft.response_id}`, JSON.stringify(draft));
    const { response_id, consultation, bundle, batch, sheet } = draft;
    const row = { response_id, profile, ...hidden, saved_at: new Date().toISOString(), consultation, bundle, batch, sheet };
    const known = await withRoom(this.core, () =>
      this.core.storage.write(["drafts"], async (tx) => {
        const before = await tx.store.getKey(response_id);
        await tx.store.put(row);
        return before !== undefined;
      }),
    );
    if (this.now === draft) this.settle();
    if (!known) {
      this.core.changed("drafts");
      await remember(this.core);
    }
  }

  private settle(): void {
    this.dirty = false;
    const unsaved = this.unsaved;
    this.unsaved = null;
    void unsaved?.then((letGo) => letGo?.());
  }

  async finalise(): Promise<Finalised> {
    if (!this.writable || this.ended) throw new RangeError("this draft is open in another tab, or has ended");
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.saving.catch(() => undefined);
    const { profile } = this.core.unlocked();
    const draft = this.now;
    const bundle = await bundleOf(this.core, draft.bundle);
    if (!bundle) throw new NotKept(false, new Error("the form of this draft is not on this device"));
    const { device_id } = await enrolment(this.core);
    const revision_id = freshId();
    const submission = submissionOf(bundle.definition, draft, { revision_id, keyed_by: profile, device: device_id });
    const { batch, sheet, entry } = draft;
    const payload: Payload =
      draft.mode === "sheet" && batch !== null && sheet !== null
        ? { kind: "sheet", batch, sheet, keying_id: revision_id, entry, submission }
        : { kind: "response", submission, note: entry.note };
    const { response_id, consultation } = draft;
    try {
      const done = await finalise(this.core, { revision_id, response_id, consultation, batch, sheet, payload, draft });
      this.end();
      return done;
    } catch (cause) {
      // It goes on as a draft, and what was typed last is kept as one.
      if (this.dirty) this.change({});
      throw cause;
    }
  }

  async discard(): Promise<void> {
    if (!this.writable || this.ended) throw new RangeError("this draft is open in another tab, or has ended");
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.saving.catch(() => undefined);
    await this.core.storage.write(["drafts"], (tx) => tx.store.delete(this.now.response_id));
    this.end();
    this.core.changed("drafts");
    await remember(this.core);
  }

  async close(): Promise<void> {
    if (!this.writable || this.ended) return;
    await this.keep();
    this.end();
  }

  private end(): void {
    this.ended = true;
    this.settle();
    this.core.writing.delete(this);
    this.letGo?.();
  }
}
