//! After the service went back in time: what it still has, what is sent again, and which sheets must be keyed again.

import type { Core } from "./core";
import type { Lost, StateRow } from "./db";
import { later, parseLine } from "./lines";
import type { Line } from "./lines";
import type { Needs } from "./plan";
import { needsOf } from "./plan";
import { ledgerRow, lostFrom, noneLost, prove, receiptIn } from "./receipts";
import { call, isRecord } from "./transport";

/** Revision ids in one question. */
const PAGE = 5_000;

interface Told {
  epoch: string;
  /** Proven lines, by revision id. */
  lines: Map<string, Line>;
  reasons: Map<string, string>;
  found: Set<string>;
}

/** Asks about everything this device remembers and puts back into the queue what the service cannot prove that it has. */
export async function reconcile(core: Core): Promise<"done" | "later" | Needs> {
  const [inState, inLedger] = await core.storage.read(["state", "ledger"], (tx) =>
    Promise.all([tx.objectStore("state").getAllKeys(), tx.objectStore("ledger").getAllKeys()]),
  );
  const known = new Set(inState);
  let again = 0;
  const gone: string[] = [];
  let epoch: string | null = null;
  let anchor: Line | null = null;
  const everything = [...inState, ...inLedger.filter((id) => !known.has(id))];
  for (let at = 0; at === 0 || at < everything.length; at += PAGE) {
    const ids = everything.slice(at, at + PAGE);
    const told = await ask(core, ids);
    if (typeof told === "string") return told;
    epoch ??= told.epoch;
    if (epoch !== told.epoch) return "later";
    for (const line of told.lines.values()) anchor = later(anchor, line, epoch);
    again += await settle(core, ids.filter((id) => known.has(id)), told);
    gone.push(...ids.filter((id) => !known.has(id) && !told.found.has(id)));
  }
  const lost = await lostLines(core, gone);
  await core.storage.write(["meta"], async (tx) => {
    await tx.store.put(lost, "lost");
    await tx.store.put(epoch, "epoch");
    await tx.store.delete("reconcile");
    await tx.store.delete("cursor");
    if (anchor) await tx.store.put(anchor.text, "anchor");
    else await tx.store.delete("anchor");
  });
  if (again > 0) await core.notice("server_restored", String(again));
  if (gone.length > 0) await core.notice("rekey", inWords(lost, gone.length));
  core.changed("queue");
  return "done";
}

async function ask(core: Core, revision_ids: readonly string[]): Promise<Told | "later" | Needs> {
  const { base, timeout_ms } = core.settings;
  const answer = await call(`${base}/status`, { method: "POST", body: JSON.stringify({ revision_ids }), packs: true, timeout_ms });
  const keys = await core.storage.meta("keys");
  const needs = answer.kind === "json" ? needsOf(answer.status, answer.code) : null;
  if (needs) return needs;
  if (answer.kind !== "json" || answer.status !== 200 || !isRecord(answer.body) || !keys) return "later";
  const { epoch, found, receipts } = answer.body;
  if (typeof epoch !== "string" || !Array.isArray(found)) return "later";
  const told: Told = { epoch, lines: new Map(), reasons: new Map(), found: new Set() };
  for (const given of Array.isArray(receipts) ? receipts : [receipts]) {
    const receipt = receiptIn(given);
    if (!receipt || (await prove(receipt, keys)) !== "good") continue;
    for (const line of receipt.lines.map(parseLine)) if (line) told.lines.set(line.revision_id, line);
  }
  for (const one of found.filter(isRecord)) {
    if (typeof one.revision_id !== "string") continue;
    told.found.add(one.revision_id);
    if (typeof one.reason === "string") told.reasons.set(one.revision_id, one.reason);
  }
  return told;
}

/** Received is what is proven under the new history; all else waits to be sent. Returns how many are sent again. */
async function settle(core: Core, ids: readonly string[], told: Told): Promise<number> {
  return core.storage.write(["state", "ledger"], async (tx) => {
    let again = 0;
    for (const id of ids) {
      const row = await tx.objectStore("state").get(id);
      if (!row) continue;
      const line = told.lines.get(id);
      if (line && line.hash === row.hash) {
        await tx.objectStore("ledger").put(ledgerRow(line, row));
        if (row.state !== "received") await tx.objectStore("state").put(received(row, line, told.reasons.get(id) ?? "held"));
      } else if (row.state === "received") {
        again += 1;
        await tx.objectStore("ledger").delete(id);
        await tx.objectStore("state").put({ ...row, state: "pending", received_at: null, held: null, decision: null });
      }
    }
    return again;
  });
}

function received(row: StateRow, line: Line, reason: string): StateRow {
  const held = line.became === "held" ? reason : null;
  return { ...row, state: "received", received_at: new Date().toISOString(), held, reason: null, detail: null };
}

/** What is neither there nor here, as the ledger knew it. */
async function lostLines(core: Core, ids: readonly string[]): Promise<Lost[]> {
  const rows = await core.storage.read(["ledger"], (tx) => Promise.all(ids.map((id) => tx.store.get(id))));
  return rows.flatMap((row) => {
    if (!row || row.consultation === null) return [];
    const { consultation, line, batch, sheet } = row;
    return [{ consultation, line, ...(batch === null ? {} : { batch }), ...(sheet === null ? {} : { sheet }) }];
  });
}

/** The list for a person: by consultation and batch, and how many cannot be named. */
function inWords(lost: readonly Lost[], all: number): string {
  const piles = new Map<string, string[]>();
  for (const { consultation, batch, sheet, line } of lost) {
    const pile = batch === undefined ? `${consultation}, no batch` : `${consultation}, batch ${batch}`;
    const one = sheet === undefined ? (parseLine(line)?.revision_id ?? line) : `sheet ${sheet}`;
    piles.set(pile, [...(piles.get(pile) ?? []), one]);
  }
  const named = [...piles].map(([pile, list]) => `${pile}: ${list.join(", ")}`);
  return [...named, ...(all > lost.length ? [`${all - lost.length} more`] : [])].join("; ");
}

/** Brings back the ledger lines of items that were deleted because there was no room to book them. */
export async function refillLedger(core: Core): Promise<void> {
  const from = lostFrom();
  if (from === null || core.storage.condition !== "ok") return;
  let after = from - 1;
  try {
    for (;;) {
      const answer = await call(`${core.settings.base}/ledger?after=${after}`, { timeout_ms: core.settings.timeout_ms });
      if (answer.kind !== "json" || answer.status !== 200 || !isRecord(answer.body) || !Array.isArray(answer.body.lines)) return;
      const lines = answer.body.lines.flatMap((text) => (typeof text === "string" ? (parseLine(text) ?? []) : []));
      await core.storage.write(["ledger", "meta"], async (tx) => {
        const ledger = tx.objectStore("ledger");
        const known = await Promise.all(lines.map((line) => ledger.getKey(line.revision_id)));
        const fresh = lines.filter((_, index) => known[index] === undefined);
        await Promise.all(fresh.map((line) => ledger.put(ledgerRow(line, undefined))));
        const meta = tx.objectStore("meta");
        await meta.put((Number(await meta.get("received")) || 0) + fresh.length, "received");
      });
      after = Math.max(after, ...lines.map((line) => line.seq));
      if (answer.body.more !== true || lines.length === 0) return noneLost();
    }
  } catch (cause) {
    core.room(cause);
  }
}

/** Numbers that the service has not had: one that this device holds as received means that it went back in time. */
export async function lookAtGaps(core: Core, gaps: readonly (readonly [number, number])[]): Promise<void> {
  const numbers = gaps.flatMap(([first, last]) => Array.from({ length: Math.min(last - first + 1, 1_000) }, (_, index) => first + index));
  const rows = await core.storage.read(["state"], (tx) => Promise.all(numbers.map((seq) => tx.store.index("seq").get(seq))));
  if (rows.some((row) => row?.state === "received")) await core.storage.setMeta("reconcile", true);
  const nowhere = numbers.filter((_, index) => rows[index] === undefined);
  if (nowhere.length > 0) await core.notice("gaps", nowhere.join(", "));
  else await core.unnotice("gaps");
}
