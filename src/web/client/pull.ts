//! News from the service: consultations and their forms, batches, decisions, and what to do about the device.

import type { Core } from "./core";
import type { ShelfRow, Writing } from "./db";
import { needsOf } from "./plan";
import type { Needs } from "./plan";
import { sha256 } from "./seal";
import type { BundleLink, Pulled } from "./shapes";
import { call, isRecord } from "./transport";
import type { Answer } from "./transport";

/** The cache that holds what the forms' pages show: pictures and the like. */
export const FORMS_CACHE = "soundings-keying-forms";

/** Fetches what is new. Null when it is on the device; else what stands in the way. Nothing is ever taken away by a failure. */
export async function pull(core: Core): Promise<Needs | "network" | null> {
  if (!(await core.storage.meta("enrolment"))) return "enrolment";
  let seen: Set<string> | null = null;
  for (;;) {
    const cursor = await core.storage.meta("cursor");
    const query = cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`;
    const answer = await get(core, `/pull${query}`);
    if (answer.kind !== "json") return "network";
    if (answer.status === 410 && cursor !== undefined) {
      await core.storage.write(["meta"], (tx) => tx.store.delete("cursor"));
      continue;
    }
    const needs = needsOf(answer.status, answer.code);
    if (needs) return needs;
    const { body } = answer;
    if (answer.status !== 200 || !isRecord(body) || !Array.isArray(body.items)) return "network";
    const items = body.items.filter(isRecord) as unknown as Pulled[];
    if (await isRevoked(core, items)) return "revoked";
    if (typeof body.cursor !== "string") return "network";
    if (cursor === undefined) seen = new Set();
    for (const item of items) if (item.type === "consultation") seen?.add(item.code);
    await take(core, items, body.cursor);
    if (body.more !== true) break;
  }
  if (seen) await withoutOthers(core, seen);
  const whole = await fetchForms(core);
  if (whole) await core.storage.setMeta("checked_at", new Date().toISOString()).catch((cause: unknown) => core.room(cause));
  core.changed("shelf");
  return whole ? null : "network";
}

function get(core: Core, path: string): Promise<Answer> {
  return call(`${core.settings.base}${path}`, { timeout_ms: core.settings.timeout_ms });
}

type Taking = Writing<["shelf", "state", "meta"]>;

/** Takes one page of news, with the cursor behind it, in one transaction. */
async function take(core: Core, items: readonly Pulled[], cursor: string): Promise<void> {
  await core.storage.write(["shelf", "state", "meta"], async (tx) => {
    for (const item of items) await takeOne(tx, item);
    await tx.objectStore("meta").put(cursor, "cursor");
  });
}

/** Everything was told from the beginning: what was not among it is no longer this device's. Its forms stay for the drafts that need them. */
async function withoutOthers(core: Core, codes: ReadonlySet<string>): Promise<void> {
  await core.storage.write(["shelf"], async (tx) => {
    for (const key of await tx.store.getAllKeys()) if (!codes.has(key.slice(key.indexOf(":") + 1))) await tx.store.delete(key);
  });
}

/** Whether the office has blocked this device. What it keeps stays, and can be carried to the office. */
async function isRevoked(core: Core, items: readonly Pulled[]): Promise<boolean> {
  const told = items.find((item) => item.type === "device");
  if (told?.revoked) await core.notice("revoked", told.message || null);
  else await core.unnotice("revoked");
  return told?.revoked ?? false;
}

async function takeOne(tx: Taking, item: Pulled): Promise<void> {
  const shelf = tx.objectStore("shelf");
  switch (item.type) {
    case "consultation": {
      const key = `consultation:${item.code}`;
      const before = await shelf.get(key);
      const ready = before?.what === "consultation" ? before.ready : null;
      await shelf.put({ key, what: "consultation", ready, coming: item });
      break;
    }
    case "consultation_gone":
      await Promise.all([shelf.delete(`consultation:${item.code}`), shelf.delete(`batches:${item.code}`)]);
      break;
    case "batches":
      await shelf.put({ key: `batches:${item.consultation}`, what: "batches", batches: item.batches });
      break;
    case "decision": {
      const row = await tx.objectStore("state").get(item.revision_id);
      if (row) await tx.objectStore("state").put({ ...row, decision: item.decision });
      break;
    }
    case "keys":
      await tx.objectStore("meta").put(item.keys, "keys");
      break;
    case "device":
      break;
  }
}

/** Fetches the forms of what is coming, each checked by its digest, and then puts the whole consultation into use at once. */
async function fetchForms(core: Core): Promise<boolean> {
  const rows = await core.storage.read(["shelf"], (tx) => tx.store.getAll());
  let whole = true;
  for (const row of rows) {
    if (row.what !== "consultation" || !row.coming) continue;
    const fetched = await Promise.all(row.coming.bundles.map((link) => fetchBundle(core, row.coming?.code ?? "", link)));
    if (fetched.every(Boolean)) await flip(core, row);
    else whole = false;
  }
  return whole;
}

/** Only what was seen complete is put into use: news that came in between waits for its own forms. */
async function flip(core: Core, seen: ShelfRow & { what: "consultation" }): Promise<void> {
  await core.storage.write(["shelf"], async (tx) => {
    const row = await tx.store.get(seen.key);
    if (row?.what !== "consultation" || row.coming?.digest !== seen.coming?.digest) return;
    await tx.store.put({ ...row, ready: seen.coming, coming: null });
  });
}

async function fetchBundle(core: Core, consultation: string, link: BundleLink): Promise<boolean> {
  const known = await core.storage.read(["bundles"], (tx) => tx.store.getKey(link.digest));
  if (known !== undefined) return true;
  const answer = await call(link.url, { timeout_ms: core.settings.timeout_ms });
  if (answer.kind !== "json" || answer.status !== 200 || (await digestOf(answer.text)) !== link.digest) return false;
  const assets = isRecord(answer.body) && Array.isArray(answer.body.assets) ? answer.body.assets : [];
  if (!(await keepAssets(assets.filter((one): one is string => typeof one === "string")))) return false;
  try {
    await core.storage.write(["bundles"], (tx) => tx.store.put({ digest: link.digest, consultation, body: answer.text }));
    return true;
  } catch (cause) {
    core.room(cause);
    return false;
  }
}

/** The digest of a bundle as it came: of its text without the member that says it. */
export async function digestOf(text: string): Promise<string> {
  return sha256(text.replace(/"digest":"[0-9a-f]{64}",/, ""));
}

async function keepAssets(addresses: readonly string[]): Promise<boolean> {
  if (typeof caches === "undefined") return true;
  try {
    const cache = await caches.open(FORMS_CACHE);
    const missing = await Promise.all(addresses.map(async (address) => ((await cache.match(address)) ? [] : [address])));
    await cache.addAll(missing.flat());
    return true;
  } catch {
    return false;
  }
}
