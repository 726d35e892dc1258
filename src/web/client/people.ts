//! People on a device: a profile each, unlocked by a passphrase, with wrong tries slowed down.

import type { Profile, Unlocked } from "./api";
import type { Core } from "./core";
import type { ProfileRow } from "./db";
import { newMaster, openMaster, rewrap } from "./seal";
import type { Staff } from "./shapes";

/** Wrong tries that cost nothing. */
const FREE_TRIES = 5;
/** The first and the longest wait after more, in milliseconds. */
const FIRST_MS = 30_000;
const LONGEST_MS = 15 * 60_000;

/** How long before the next try, in seconds; 0 when at once. A clock that was set back cannot shorten or lengthen it beyond its own length. */
export function waitBefore(row: Pick<ProfileRow, "wait_until" | "wrong_since">, now: number): number {
  const length = row.wait_until - row.wrong_since;
  const left = now < row.wrong_since ? length : row.wait_until - now;
  return Math.max(0, Math.ceil(left / 1000));
}

/** How long a wrong try makes the next one wait, in milliseconds. */
export function waitAfter(wrong_tries: number): number {
  return wrong_tries < FREE_TRIES ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (wrong_tries - FREE_TRIES));
}

/** Every profile, with how many drafts wait for it. */
export function profiles(core: Core): Promise<Profile[]> {
  return core.storage.read(["profiles", "drafts"], async (tx) => {
    const rows = await tx.objectStore("profiles").getAll();
    const counts = new Map<string, number>();
    for await (const cursor of tx.objectStore("drafts")) {
      counts.set(cursor.value.profile, (counts.get(cursor.value.profile) ?? 0) + 1);
    }
    return rows.map(({ id, name, created_at }) => ({ id, name, created_at, drafts: counts.get(id) ?? 0 }));
  });
}

/** Makes a person's profile and unlocks it. */
export async function create(core: Core, staff: Staff, passphrase: string): Promise<Profile> {
  const wrapping = await newMaster(passphrase);
  const created_at = new Date().toISOString();
  const row: ProfileRow = { ...wrapping, id: staff.id, name: staff.name, created_at, wrong_tries: 0, wrong_since: 0, wait_until: 0 };
  await core.storage.write(["profiles"], (tx) => tx.objectStore("profiles").add(row));
  await unlock(core, staff.id, passphrase);
  return { id: staff.id, name: staff.name, created_at, drafts: 0 };
}

/** Tries a passphrase. */
export async function unlock(core: Core, id: string, passphrase: string): Promise<Unlocked> {
  return trying(core, id, async (row) => {
    const key = await openMaster(row, passphrase);
    if (key) core.session = { profile: id, key };
    return key && {};
  });
}

/** Another passphrase for the same key. */
export async function change(core: Core, old: string, fresh: string): Promise<Unlocked> {
  return trying(core, core.unlocked().profile, (row) => rewrap(row, old, fresh));
}

/** One try: counted before it is made, so that closing the tab in the middle is no free one. */
async function trying(core: Core, id: string, work: (row: ProfileRow) => Promise<Partial<ProfileRow> | null>): Promise<Unlocked> {
  const row = await core.storage.read(["profiles"], (tx) => tx.objectStore("profiles").get(id));
  if (!row) throw new RangeError("there is no such profile on this device");
  const now = Date.now();
  const wait_s = waitBefore(row, now);
  if (wait_s > 0) return { ok: false, wait_s };
  const wrong_tries = row.wrong_tries + 1;
  const counted = { ...row, wrong_tries, wrong_since: now, wait_until: now + waitAfter(wrong_tries) };
  await keep(core, counted);
  const changed = await work(row);
  if (!changed) return { ok: false, wait_s: waitBefore(counted, Date.now()) };
  await keep(core, { ...row, ...changed, wrong_tries: 0, wrong_since: 0, wait_until: 0 });
  core.changed("lock");
  return { ok: true };
}

/** A full storage keeps nobody out: the count is then lost. */
async function keep(core: Core, row: ProfileRow): Promise<void> {
  try {
    await core.storage.write(["profiles"], (tx) => tx.objectStore("profiles").put(row));
  } catch (cause) {
    core.room(cause);
  }
}

/** Lets go of a profile; its drafts, which nobody can read, go with it. Returns how many. */
export async function letGo(core: Core, id: string): Promise<number> {
  if (core.session?.profile === id) await core.forget();
  const lost = await core.storage.write(["profiles", "drafts", "undo"], async (tx) => {
    let count = 0;
    for await (const cursor of tx.objectStore("drafts")) {
      if (cursor.value.profile !== id) continue;
      count += 1;
      await cursor.delete();
    }
    for await (const cursor of tx.objectStore("undo")) if (cursor.value.profile === id) await cursor.delete();
    await tx.objectStore("profiles").delete(id);
    return count;
  });
  core.changed("drafts");
  return lost;
}
