//! The outbox: finalised things, sealed and numbered in the transaction that keeps them, until the service has them.

import type { Counts, Draft, Finalised, Kept } from "./api";
import type { Core } from "./core";
import { isFull } from "./db";
import type { Enrolment, Meta, RevisionRow, StateRow, UndoRow } from "./db";
import { NotKept } from "./faults";
import { remember } from "./marker";
import { hide, seal } from "./seal";
import type { Item, Payload } from "./shapes";
import { uuid7 } from "./uuid";

/** Something about to be finalised. */
export interface Ready {
  revision_id: string;
  response_id: string;
  consultation: string;
  batch: number | null;
  sheet: number | null;
  payload: Payload;
  /** The draft it comes from: it is gone once this is kept, and can be opened again for a while. */
  draft: Draft | null;
}

/** What this device is, and whom it seals for. @throws NotKept when it is not enrolled */
export async function enrolment(core: Core): Promise<Enrolment & { keys: Meta["keys"] }> {
  const [device, keys] = await Promise.all([core.storage.meta("enrolment"), core.storage.meta("keys")]);
  if (!device || !keys) throw new NotKept(false, new Error("this device is not enrolled"));
  return { ...device, keys };
}

/** Seals, numbers and keeps one thing. Resolves once it is on the disk. @throws NotKept, Locked */
export async function finalise(core: Core, ready: Ready): Promise<Finalised> {
  const { profile, key } = core.unlocked();
  const device = await enrolment(core);
  const { hash, sealed } = await seal(ready.payload, { revision_id: ready.revision_id, device_id: device.device_id }, device.keys.seal);
  const beacon = (await core.storage.meta("beacon")) ?? null;
  const now = new Date();
  const envelope: Omit<Item, "device_seq"> = {
    revision_id: ready.revision_id,
    response_id: ready.response_id,
    consultation: ready.consultation,
    captured_at: now.toISOString(),
    beacon,
    keyed_by: profile,
    hash,
    sealed,
  };
  const undo = ready.draft && {
    revision_id: ready.revision_id,
    response_id: ready.response_id,
    profile,
    until: now.getTime() + core.settings.undo_ms,
    ...(await hide(key, `undo|${ready.revision_id}`, JSON.stringify(ready.draft))),
  };
  const state = stateOf(ready, { profile, hash, at: now.toISOString() });
  const device_seq = await withRoom(core, () => keep(core, device.device_id, envelope, state, undo, ready.draft));
  core.changed("queue");
  if (ready.draft) core.changed("drafts");
  await remember(core);
  const editable_until = new Date(undo ? undo.until : now).toISOString();
  return { revision_id: ready.revision_id, response_id: ready.response_id, device_seq, editable_until };
}

function stateOf(ready: Ready, made: { profile: string; hash: string; at: string }): Omit<StateRow, "device_seq" | "size"> {
  return {
    revision_id: ready.revision_id,
    response_id: ready.response_id,
    state: "pending",
    kind: ready.payload.kind,
    consultation: ready.consultation,
    batch: ready.batch,
    sheet: ready.sheet,
    keyed_by: made.profile,
    finalised_at: made.at,
    received_at: null,
    held: null,
    decision: null,
    reason: null,
    detail: null,
    hash: made.hash,
  };
}

type Envelope = Omit<Item, "device_seq">;

/** Revision, state, number and the draft's end: one transaction. */
function keep(
  core: Core,
  device_id: string,
  envelope: Envelope,
  state: Omit<StateRow, "device_seq" | "size">,
  undo: UndoRow | null,
  draft: Draft | null,
): Promise<number> {
  return core.storage.write(["revisions", "state", "drafts", "undo", "meta"], async (tx) => {
    const meta = tx.objectStore("meta");
    const device_seq = (((await meta.get("device_seq")) as number | undefined) ?? 0) + 1;
    const item: RevisionRow = { revision_id: envelope.revision_id, device_id, item: JSON.stringify({ ...envelope, device_seq }) };
    await Promise.all([
      tx.objectStore("revisions").add(item),
      tx.objectStore("state").add({ ...state, device_seq, size: item.item.length }),
      meta.put(device_seq, "device_seq"),
      undo ? tx.objectStore("undo").put(undo) : null,
      draft ? tx.objectStore("drafts").delete(draft.response_id) : null,
      draft?.supersedes ? tx.objectStore("undo").delete(draft.supersedes) : null,
    ]);
    return device_seq;
  });
}

/** Writes; when there is no room, what was received makes room, and it is tried once more. */
export async function withRoom<T>(core: Core, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    core.room(null);
    return result;
  } catch (cause) {
    if (!isFull(cause)) throw cause;
    core.room(cause);
    if ((await dropReceived(core, new Date().toISOString())) === 0) throw cause;
    const result = await work();
    core.room(null);
    return result;
  }
}

/** Deletes what was received before a time, and nothing else; a transaction of deletions alone also works in a full storage. Its ledger lines stay. */
export async function dropReceived(core: Core, before: string): Promise<number> {
  const ids = await core.storage.read(["state"], async (tx) => {
    const found: string[] = [];
    for await (const cursor of tx.store.index("queue").iterate(IDBKeyRange.bound(["received", 0], ["received", Infinity]))) {
      if ((cursor.value.received_at ?? "") < before) found.push(cursor.value.revision_id);
    }
    return found;
  });
  for (let at = 0; at < ids.length; at += 500) await drop(core, ids.slice(at, at + 500));
  if (ids.length > 0) core.changed("queue");
  return ids.length;
}

/** Deletes items whole, in a transaction that writes nothing. */
export async function drop(core: Core, ids: readonly string[]): Promise<void> {
  await core.storage.write(["revisions", "state", "undo"], async (tx) => {
    await Promise.all(
      ids.flatMap((id) => [tx.objectStore("revisions").delete(id), tx.objectStore("state").delete(id), tx.objectStore("undo").delete(id)]),
    );
  });
}

/** Deletes the copies that could be opened again once their time is over. Returns when the next one is due; null when there is none. */
export async function dropUndo(core: Core, now: number): Promise<number | null> {
  const rows = await core.storage.read(["undo"], async (tx) => {
    const found: { id: string; until: number }[] = [];
    for await (const cursor of tx.store) found.push({ id: cursor.value.revision_id, until: cursor.value.until });
    return found;
  });
  const longest = now + core.settings.undo_ms;
  const over = rows.filter((row) => row.until <= now || row.until > longest);
  if (over.length > 0) {
    await core.storage.write(["undo"], async (tx) => {
      await Promise.all(over.map((row) => tx.store.delete(row.id)));
    });
    core.changed("queue");
  }
  const left = rows.filter((row) => !over.includes(row)).map((row) => row.until);
  return left.length === 0 ? null : Math.min(...left);
}

/** How many of each. */
export function counts(core: Core): Promise<Counts> {
  return core.storage.read(["state", "drafts", "meta"], async (tx) => {
    const queue = tx.objectStore("state").index("queue");
    const of = (state: Kept["state"]) => queue.count(IDBKeyRange.bound([state, 0], [state, Infinity]));
    const [pending, received, attention, drafts, oldest, ever] = await Promise.all([
      of("pending"),
      of("received"),
      of("attention"),
      tx.objectStore("drafts").count(),
      queue.get(IDBKeyRange.bound(["pending", 0], ["pending", Infinity])),
      tx.objectStore("meta").get("received"),
    ]);
    const ever_received = typeof ever === "number" ? ever : 0;
    return { drafts, pending, received, attention, oldest_pending: oldest?.finalised_at ?? null, ever_received };
  });
}

/** What was finalised here, newest first. */
export async function list(core: Core, options: { state?: Kept["state"]; after?: number; most?: number }): Promise<Kept[]> {
  const { state, after = Infinity, most = 50 } = options;
  const profile = core.session?.profile;
  return core.storage.read(["state", "undo"], async (tx) => {
    const undo = new Map<string, UndoRow>();
    for await (const cursor of tx.objectStore("undo")) undo.set(cursor.value.revision_id, cursor.value);
    const found: Kept[] = [];
    const rows = tx.objectStore("state");
    const source = state
      ? rows.index("queue").iterate(IDBKeyRange.bound([state, 0], [state, after], false, true), "prev")
      : rows.index("seq").iterate(IDBKeyRange.upperBound(after, true), "prev");
    for await (const cursor of source) {
      const { hash: _hash, size: _size, ...row } = cursor.value;
      const copy = undo.get(row.revision_id);
      const mine = copy && copy.profile === profile && copy.until > Date.now();
      found.push({ ...row, editable_until: mine ? new Date(copy.until).toISOString() : null });
      if (found.length >= most) break;
    }
    return found;
  });
}

/** The copy of a finalised thing that its maker may open again; null when it is too late. */
export async function copyOf(core: Core, revision_id: string): Promise<UndoRow | null> {
  const { profile } = core.unlocked();
  const row = await core.storage.read(["undo"], (tx) => tx.store.get(revision_id));
  return row && row.profile === profile && row.until > Date.now() ? row : null;
}

/** Lets what waits under attention be sent again. */
export async function sendAgain(core: Core, revision_id: string): Promise<void> {
  await core.storage.write(["state"], async (tx) => {
    const row = await tx.store.get(revision_id);
    if (row?.state === "attention") await tx.store.put({ ...row, state: "pending", reason: null, detail: null });
  });
  core.changed("queue");
}

/** A fresh id for a revision or a response. */
export const freshId = (): string => uuid7();
