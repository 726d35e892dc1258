//! The device's storage: IndexedDB, every write durable, reopened once when the browser closes it under us.

import { openDB } from "idb";
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from "idb";

import type { Kept } from "./api";
import { NotKept } from "./faults";
import type { Course } from "./plan";
import type { Keys, Limits, PulledBatch, PulledConsultation } from "./shapes";

/** The database's name. Its version goes up by additive steps only. */
export const DATABASE = "soundings-keying";
export const DATABASE_VERSION = 1;

/** The immutable text of an item, exactly as it is sent. */
export interface RevisionRow {
  revision_id: string;
  /** The device it was sealed by: under another id nobody could open it. */
  device_id: string;
  item: string;
}

/** What is known of an item, small enough to rewrite. */
export interface StateRow extends Omit<Kept, "editable_until"> {
  hash: string;
  /** UTF-16 units of the item's text. */
  size: number;
}

/** A draft, readable only with its profile's key. What is beside the cipher text names no person and no answer. */
export interface DraftRow {
  response_id: string;
  profile: string;
  iv: Uint8Array<ArrayBuffer>;
  ct: ArrayBuffer;
  saved_at: string;
  consultation: string;
  bundle: string;
  batch: number | null;
  sheet: number | null;
}

/** A finalised draft that can still be opened again, readable only with its profile's key. */
export interface UndoRow {
  revision_id: string;
  response_id: string;
  profile: string;
  iv: Uint8Array<ArrayBuffer>;
  ct: ArrayBuffer;
  until: number;
}

/** A line of the server's log about an item of ours, kept for ever. */
export interface LedgerRow {
  revision_id: string;
  seq: number;
  line: string;
  consultation: string | null;
  batch: number | null;
  sheet: number | null;
}

/** A form on the device, as it came. */
export interface BundleRow {
  digest: string;
  consultation: string;
  body: string;
}

/** What pulls brought. A consultation is `ready` once all its bundles are here; until then the one before stays in use. */
export type ShelfRow =
  | { key: string; what: "consultation"; ready: PulledConsultation | null; coming: PulledConsultation | null }
  | { key: string; what: "batches"; batches: PulledBatch[] };

/** A person on this device: the master key, wrapped by a key that only the passphrase gives. */
export interface ProfileRow {
  id: string;
  name: string;
  created_at: string;
  salt: Uint8Array<ArrayBuffer>;
  iterations: number;
  wrap_iv: Uint8Array<ArrayBuffer>;
  wrapped: ArrayBuffer;
  wrong_tries: number;
  wrong_since: number;
  wait_until: number;
}

/** The device itself, as the service knows it. */
export interface Enrolment {
  device_id: string;
  name: string;
  place: string;
}

/** Something the service lost and this device no longer has: for the office, to key its sheet again. */
export interface Lost {
  consultation: string;
  line: string;
  batch?: number;
  sheet?: number;
}

/** Single values, by name. */
export interface Meta {
  enrolment: Enrolment;
  device_seq: number;
  keys: Keys;
  limits: Limits;
  epoch: string;
  beacon: string;
  anchor: string;
  cursor: string;
  checked_at: string;
  course: Course;
  reconcile: boolean;
  /** Still to be told to the office. */
  lost: Lost[];
  received: number;
  last_received_at: string;
  notices: Record<string, { detail: string | null; at: string }>;
  probe: string;
}

/** The stores. */
export interface Schema extends DBSchema {
  revisions: { key: string; value: RevisionRow };
  state: { key: string; value: StateRow; indexes: { queue: [string, number]; seq: number; sheet: [string, number] } };
  drafts: { key: string; value: DraftRow };
  undo: { key: string; value: UndoRow };
  bundles: { key: string; value: BundleRow };
  shelf: { key: string; value: ShelfRow };
  ledger: { key: string; value: LedgerRow; indexes: { seq: number } };
  meta: { key: string; value: unknown };
  profiles: { key: string; value: ProfileRow };
}

type Stores = StoreNames<Schema>;
type Handle = IDBPDatabase<Schema>;
/** A transaction over some stores. */
export type Writing<S extends Stores[]> = IDBPTransaction<Schema, S, "readwrite">;

/** What the storage has to tell the rest. */
export interface Hooks {
  /** A newer version waits for us to let go: keep what is typed. */
  letGo(): Promise<void>;
  tell(code: "blocked" | "reload" | "newer_data" | "no_storage"): void;
  /** What another tab blocked can go on. */
  passed(code: "blocked"): void;
}

/** How the storage is. */
export type Condition = "ok" | "none" | "newer" | "full";

/** The storage. */
export class Storage {
  condition: Condition = "ok";
  private handle: Handle | null = null;
  private opening: Promise<Handle> | null = null;
  private givenUp = false;

  constructor(
    private readonly hooks: Hooks,
    private readonly name = DATABASE,
    private readonly version = DATABASE_VERSION,
  ) {}

  /** Opens it and proves by a real write that it keeps something. Never throws: see `condition`. */
  async begin(): Promise<Condition> {
    try {
      await this.open();
      await this.write(["meta"], (tx) => tx.objectStore("meta").put(new Date().toISOString(), "probe"));
      this.condition = "ok";
    } catch (cause) {
      this.condition = isVersionError(cause) ? "newer" : isFull(cause) ? "full" : "none";
      if (this.condition === "newer") this.hooks.tell("newer_data");
      if (this.condition === "none") this.hooks.tell("no_storage");
    }
    return this.condition;
  }

  private async open(): Promise<Handle> {
    if (this.handle) return this.handle;
    if (this.givenUp) throw new NotKept(false, "the storage was handed to a newer version");
    this.opening ??= this.connect().finally(() => (this.opening = null));
    return (this.handle = await this.opening);
  }

  private connect(): Promise<Handle> {
    let waited = false;
    return openDB<Schema>(this.name, this.version, {
      upgrade,
      blocked: () => {
        waited = true;
        this.hooks.tell("blocked");
      },
      blocking: () => void this.giveUp(),
      terminated: () => (this.handle = null),
    }).then((handle) => {
      if (waited) this.hooks.passed("blocked");
      return handle;
    });
  }

  /** A newer version of the app wants to upgrade: what is typed is kept first, then the storage is let go. */
  private async giveUp(): Promise<void> {
    try {
      await this.hooks.letGo();
    } finally {
      this.givenUp = true;
      this.handle?.close();
      this.handle = null;
      this.condition = "newer";
      this.hooks.tell("reload");
    }
  }

  /** Reads in one transaction. */
  read<S extends [Stores, ...Stores[]], T>(stores: S, work: (tx: IDBPTransaction<Schema, S, "readonly">) => Promise<T>): Promise<T> {
    return this.again(async (handle) => {
      const tx = handle.transaction(stores, "readonly");
      const result = await work(tx);
      await tx.done;
      return result;
    });
  }

  /**
   * Writes in one transaction and resolves once it is on the disk. `work` may wait for nothing but its own requests.
   * @throws NotKept when nothing of it was kept
   */
  async write<S extends [Stores, ...Stores[]], T>(stores: S, work: (tx: Writing<S>) => Promise<T> | T): Promise<T> {
    try {
      return await this.again(async (handle) => {
        const tx = handle.transaction(stores, "readwrite", { durability: "strict" });
        const [done, worked] = await Promise.allSettled([tx.done, attempt(tx as Writing<S>, work)]);
        if (done.status === "rejected") throw tx.error ?? done.reason;
        if (worked.status === "rejected") throw worked.reason;
        return worked.value;
      });
    } catch (cause) {
      if (cause instanceof NotKept || isVersionError(cause)) throw cause;
      if (isFull(cause)) this.condition = "full";
      throw new NotKept(isFull(cause), cause);
    }
  }

  /** When the browser closed the connection under us, opens it anew, once, and tries once more. */
  private async again<T>(work: (handle: Handle) => Promise<T>): Promise<T> {
    const handle = await this.open();
    try {
      return await work(handle);
    } catch (cause) {
      if (!isClosed(cause) || this.givenUp) throw cause;
      if (this.handle === handle) this.handle = null;
      return await work(await this.open());
    }
  }

  /** One value of `meta`. */
  meta<K extends keyof Meta>(key: K): Promise<Meta[K] | undefined> {
    return this.read(["meta"], (tx) => tx.objectStore("meta").get(key)) as Promise<Meta[K] | undefined>;
  }

  /** Sets one value of `meta`. */
  async setMeta<K extends keyof Meta>(key: K, value: Meta[K]): Promise<void> {
    await this.write(["meta"], (tx) => tx.objectStore("meta").put(value, key));
  }

  /** Closes the connection as the browser may do by itself. */
  close(): void {
    this.handle?.close();
  }
}

/** Work that fails takes its transaction with it. */
async function attempt<S extends Stores[], T>(tx: Writing<S>, work: (tx: Writing<S>) => Promise<T> | T): Promise<T> {
  try {
    return await work(tx);
  } catch (cause) {
    try {
      tx.abort();
    } catch {
      // It has ended already, which is what is wanted.
    }
    throw cause;
  }
}

function upgrade(db: IDBPDatabase<Schema>, from: number): void {
  if (from < 1) {
    db.createObjectStore("revisions", { keyPath: "revision_id" });
    const state = db.createObjectStore("state", { keyPath: "revision_id" });
    state.createIndex("queue", ["state", "device_seq"]);
    state.createIndex("seq", "device_seq");
    state.createIndex("sheet", ["consultation", "batch"]);
    db.createObjectStore("drafts", { keyPath: "response_id" });
    db.createObjectStore("undo", { keyPath: "revision_id" });
    db.createObjectStore("bundles", { keyPath: "digest" });
    db.createObjectStore("shelf", { keyPath: "key" });
    db.createObjectStore("ledger", { keyPath: "revision_id" }).createIndex("seq", "seq");
    db.createObjectStore("meta");
    db.createObjectStore("profiles", { keyPath: "id" });
  }
}

/** Whether a fault says that there is no room left. */
export function isFull(cause: unknown): boolean {
  if (cause instanceof NotKept) return cause.full;
  return cause instanceof Error && cause.name === "QuotaExceededError";
}

function isVersionError(cause: unknown): boolean {
  return cause instanceof Error && cause.name === "VersionError";
}

function isClosed(cause: unknown): boolean {
  return cause instanceof Error && (cause.name === "InvalidStateError" || /connection is closing|database.*clos|lost/i.test(cause.message));
}
