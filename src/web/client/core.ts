//! What every part of the device is given: storage, settings, the notices, the other tabs, and whose keys are in memory.

import type { Changed, Notice } from "./api";
import { Storage, isFull } from "./db";
import type { Condition } from "./db";
import { Locked } from "./faults";

/** Times and addresses; tests shorten some. */
export interface Settings {
  /** Where the service's sync calls are. */
  base: string;
  /** The longest any call may take, in milliseconds. */
  timeout_ms: number;
  /** How long a finalised thing can be opened again. */
  undo_ms: number;
  /** How long what was received stays, sealed. */
  keep_ms: number;
  /** The longest between a key press and the disk. */
  save_ms: number;
  /** How often news is asked for. */
  pull_ms: number;
  /** Whether Web Locks are used where the browser has them. */
  locks: boolean;
  /** Whether the service worker is registered and sending begins by itself. */
  alive: boolean;
}

export const SETTINGS: Settings = {
  base: "/api/v1/sync",
  timeout_ms: 60_000,
  undo_ms: 15 * 60_000,
  keep_ms: 30 * 24 * 3_600_000,
  save_ms: 250,
  pull_ms: 15 * 60_000,
  locks: true,
  alive: true,
};

declare const SOUNDINGS_BUILD: string;

/** Which build of the app this is. */
export const BUILD: string = SOUNDINGS_BUILD;

/** Notices that only the fault's end takes away. */
const LASTING: ReadonlySet<Notice["code"]> = new Set([
  "no_storage",
  "newer_data",
  "blocked",
  "reload",
  "nearly_full",
  "storage_full",
  "revoked",
  "protocol",
]);

/** Whose keys are in memory. */
export interface Session {
  profile: string;
  key: CryptoKey;
}

type Told = { what: Changed } | { what: "forget" };

/** The parts' common ground. */
export class Core {
  readonly storage: Storage;
  readonly settings: Settings;
  session: Session | null = null;
  /** Open drafts of this tab: they are kept before anything is let go. */
  readonly writing = new Set<{ keep(): Promise<void>; close(): Promise<void> }>();
  private readonly listeners = new Set<(what: Changed) => void>();
  private readonly tabs: BroadcastChannel | null;
  private readonly notices = new Map<Notice["code"], { detail: string | null; at: string }>();

  constructor(settings: Partial<Settings> = {}) {
    this.settings = { ...SETTINGS, ...settings };
    this.storage = new Storage({
      letGo: () => this.keepAll(),
      tell: (code) => void this.notice(code, null),
      passed: (code) => void this.unnotice(code),
    });
    this.tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("soundings-keying");
    this.tabs?.addEventListener("message", (event: MessageEvent<Told>) => void this.heard(event.data));
  }

  /** Opens the storage and reads what was noticed before. */
  async begin(): Promise<Condition> {
    const condition = await this.storage.begin();
    if (condition === "ok" || condition === "full") {
      const kept = (await this.storage.meta("notices").catch(() => undefined)) ?? {};
      for (const [code, notice] of Object.entries(kept)) this.notices.set(code as Notice["code"], notice);
    }
    return condition;
  }

  /** The key in memory. @throws Locked */
  unlocked(): Session {
    if (!this.session) throw new Locked("the device is locked");
    return this.session;
  }

  /** Keeps every open draft; a draft that cannot be kept does not stop the others. */
  async keepAll(): Promise<void> {
    await Promise.allSettled([...this.writing].map((draft) => draft.keep()));
  }

  /** Keeps what is open and forgets the keys, in every tab. A tab that cannot keep what was typed stays unlocked. @throws NotKept */
  async forget(): Promise<void> {
    this.tabs?.postMessage({ what: "forget" } satisfies Told);
    await this.forgetHere();
  }

  private async forgetHere(): Promise<void> {
    if (!this.session) return;
    await Promise.all([...this.writing].map((draft) => draft.close()));
    this.session = null;
    this.tell("lock");
  }

  private heard(told: Told): Promise<void> | void {
    if (told.what === "forget") return this.forgetHere().catch(() => undefined);
    for (const listener of this.listeners) listener(told.what);
  }

  /** Calls back when something changes here or in another tab. */
  onChange(listener: (what: Changed) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Says that something changed; `lock` and `status` concern this tab alone. */
  changed(what: Changed): void {
    if (what !== "lock" && what !== "status") this.tabs?.postMessage({ what } satisfies Told);
    this.tell(what);
  }

  private tell(what: Changed): void {
    for (const listener of this.listeners) listener(what);
  }

  /** Raises a notice, and keeps it as far as the storage can. */
  async notice(code: Notice["code"], detail: string | null): Promise<void> {
    const known = this.notices.get(code);
    if (known && known.detail === detail) return;
    this.notices.set(code, { detail, at: new Date().toISOString() });
    this.tell("status");
    await this.keepNotices();
  }

  /** Takes a notice away: its cause has passed, or it was read. */
  async unnotice(code: Notice["code"]): Promise<void> {
    if (!this.notices.delete(code)) return;
    this.tell("status");
    await this.keepNotices();
  }

  private async keepNotices(): Promise<void> {
    if (this.storage.condition !== "ok") return;
    const passing: Notice["code"][] = ["no_storage", "newer_data", "blocked", "reload", "nearly_full", "storage_full", "not_persisted"];
    const lasting = [...this.notices].filter(([code]) => !passing.includes(code));
    await this.storage.setMeta("notices", Object.fromEntries(lasting)).catch(() => undefined);
  }

  /** What a person must be told. */
  told(): Notice[] {
    return [...this.notices].map(([code, { detail, at }]) => ({ code, detail, at, dismissible: !LASTING.has(code) }));
  }

  /** A write failed for want of room, or one went well again. */
  room(cause: unknown): void {
    if (cause === null && this.storage.condition === "full") {
      this.storage.condition = "ok";
      void this.unnotice("storage_full");
    } else if (isFull(cause)) {
      void this.notice("storage_full", null);
    }
  }

  /**
   * Does something under a named lock that all tabs share, or at once where there are no locks: the service is right
   * without them. `undefined` when another tab has it.
   */
  async alone<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
    const locks = this.settings.locks ? navigator.locks : undefined;
    if (!locks) return work();
    return locks.request(`soundings-${name}`, { ifAvailable: true }, (lock) => (lock ? work() : Promise.resolve(undefined)));
  }

  /** Takes a lock to hold until it is let go; null when another tab holds it against us. */
  async hold(name: string, mode: LockMode = "exclusive"): Promise<(() => void) | null> {
    const locks = this.settings.locks ? navigator.locks : undefined;
    if (!locks) return () => undefined;
    return new Promise((taken, failed) => {
      locks
        .request(`soundings-${name}`, { ifAvailable: true, mode }, (lock) => {
          if (!lock) return taken(null);
          return new Promise<void>((letGo) => taken(letGo));
        })
        .catch(failed);
    });
  }
}
