//! Receipts: what a signature of the service's proves, and the bookkeeping of it in one transaction.

import type { Core } from "./core";
import { isFull } from "./db";
import type { LedgerRow, StateRow } from "./db";
import { later, parseLine } from "./lines";
import type { Line } from "./lines";
import { remember } from "./marker";
import { drop } from "./outbox";
import { isSigned } from "./seal";
import type { Keys, Receipt } from "./shapes";
import { isRecord } from "./transport";

/** What a receipt is worth. */
export type Proof = "good" | "forged" | "unknown_key";

/** Whether a receipt is signed by a key of the service. */
export async function prove(receipt: Receipt, keys: Keys): Promise<Proof> {
  const key = [keys.receipt, ...(keys.earlier ?? [])].find((one) => one.kid === receipt.kid);
  if (!key) return "unknown_key";
  return (await isSigned(receipt.lines, receipt.sig, key)) ? "good" : "forged";
}

/** A receipt, if that is what it is. */
export function receiptIn(value: unknown): Receipt | null {
  if (!isRecord(value)) return null;
  const { kid, lines, sig } = value;
  const texts = Array.isArray(lines) && lines.every((line) => typeof line === "string");
  return typeof kid === "string" && typeof sig === "string" && texts ? { kid, lines: lines as string[], sig } : null;
}

/** One item that is proven received. */
export interface Arrived {
  revision_id: string;
  line: Line;
  /** Why it is held, if it is. */
  held: string | null;
}

/** What else an answer brought. */
export interface News {
  epoch: string;
  beacon: string;
}

/**
 * Marks items received, with their lines, in one transaction. When the storage is too full for that, the items are
 * deleted instead: the service has them, and its ledger brings the bookkeeping back later.
 */
export async function markReceived(core: Core, arrived: readonly Arrived[], news: News): Promise<void> {
  try {
    await core.storage.write(["state", "ledger", "meta"], async (tx) => {
      const [state, ledger, meta] = [tx.objectStore("state"), tx.objectStore("ledger"), tx.objectStore("meta")];
      const now = new Date().toISOString();
      let fresh = 0;
      let last = parseLine(String((await meta.get("anchor")) ?? ""));
      for (const one of arrived) {
        const row = await state.get(one.revision_id);
        if (!row) continue;
        if (row.state !== "received") fresh += 1;
        await state.put({ ...row, state: "received", received_at: row.received_at ?? now, held: one.held, reason: null, detail: null });
        await ledger.put(ledgerRow(one.line, row));
        last = later(last, one.line, news.epoch);
      }
      await meta.put((Number(await meta.get("received")) || 0) + fresh, "received");
      await meta.put(news.beacon, "beacon");
      await meta.put(news.epoch, "epoch");
      if (last) await meta.put(last.text, "anchor");
      if (fresh > 0) await meta.put(now, "last_received_at");
    });
    core.room(null);
  } catch (cause) {
    if (!isFull(cause)) throw cause;
    core.room(cause);
    await drop(core, arrived.map((one) => one.revision_id));
    noteLost(Math.min(...arrived.map((one) => one.line.seq)));
  }
  if (arrived.length > 0) core.changed("queue");
  await remember(core);
}

/** The ledger's entry for a line. */
export function ledgerRow(line: Line, row: Pick<StateRow, "consultation" | "batch" | "sheet"> | undefined): LedgerRow {
  const { consultation = null, batch = null, sheet = null } = row ?? {};
  return { revision_id: line.revision_id, seq: line.seq, line: line.text, consultation, batch, sheet };
}

const LOST = "soundings-keying-ledger-lost";

/** Notes outside the database that lines from this number on are not in the ledger. */
function noteLost(seq: number): void {
  try {
    const known = Number(localStorage.getItem(LOST) ?? Infinity);
    localStorage.setItem(LOST, String(Math.min(known, seq)));
  } catch {
    // The service's own ledger has them all the same.
  }
}

/** From which number on lines are missing; null when none are. */
export function lostFrom(): number | null {
  try {
    const noted = localStorage.getItem(LOST);
    return noted === null ? null : Number(noted);
  } catch {
    return null;
  }
}

/** The ledger is whole again. */
export function noneLost(): void {
  try {
    localStorage.removeItem(LOST);
  } catch {
    // Then it is filled again, which changes nothing.
  }
}
