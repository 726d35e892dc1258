//! The uploader: one at a time on a device, batch by batch, until the queue is empty or something must be waited for.

import type { Sending } from "./api";
import { BUILD } from "./core";
import type { Core } from "./core";
import type { StateRow } from "./db";
import { parseLine, proof } from "./lines";
import * as plan from "./plan";
import type { Came, Course, Needs } from "./plan";
import { pull } from "./pull";
import { prove, receiptIn, markReceived } from "./receipts";
import type { Arrived } from "./receipts";
import { reconcile, refillLedger, lookAtGaps } from "./reconcile";
import type { Limits, Pushed, Result } from "./shapes";
import { call, isRecord } from "./transport";
import { uuid7 } from "./uuid";

/** UTF-16 units of item text in a push: sealed text shrinks to three quarters, which makes 256 KiB on the wire. */
const BATCH_UNITS = 340 * 1024;
/** What the service says of a body that was damaged on its way: no item is to blame. */
const CUT = new Set(["cut_off", "not_gzip", "not_utf8"]);
/** Lost lines told of in one push. */
const MOST_LOST = 500;
/** How often a tab looks whether the one that was sending is still there, in milliseconds. */
const OTHER_TAB_MS = 5_000;

const LIMITS: Limits = { items: 100, batch_bytes: 8_388_608, compressed_bytes: 4_194_304, item_bytes: 1_048_576 };

interface Loaded {
  row: StateRow;
  item: string;
}

/** Why sending begins. */
export type Why = "saved" | "timer" | "online" | "person";

/** Sends what waits. */
export class Sender {
  private state: Sending["state"] = "idle";
  private course: Course | null = null;
  private reached: boolean | null = null;
  private running: Promise<void> | null = null;
  private again = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly core: Core) {}

  /** What it is doing. */
  async doing(): Promise<Sending> {
    const course = this.course ?? (await this.core.storage.meta("course")) ?? null;
    const until = course && plan.waitsUntil(course.wait, Date.now());
    const needs = course?.stopped ?? null;
    const waits = until !== null && this.state === "idle" ? "waiting" : this.state;
    return {
      state: needs && this.state === "idle" ? "stopped" : waits,
      needs,
      until: until === null ? null : new Date(until).toISOString(),
      reached: this.reached,
      last_received_at: (await this.core.storage.meta("last_received_at")) ?? null,
    };
  }

  /** Sends what waits, if it may. Resolves when the run has ended; never throws. */
  async kick(why: Why): Promise<void> {
    if (this.core.storage.condition === "none" || this.core.storage.condition === "newer") return;
    if (!navigator.onLine && why !== "person") return;
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.begin(why).finally(() => (this.running = null));
    await this.running;
    if (this.again) {
      this.again = false;
      if (this.state !== "other_tab") await this.kick("saved");
    }
  }

  private async begin(why: Why): Promise<void> {
    clearTimeout(this.timer);
    try {
      const ran = await this.core.alone("sync", async () => {
        this.set("sending");
        await this.run(why);
        return true;
      });
      this.set(ran ? "idle" : "other_tab");
      if (!ran) this.timer = setTimeout(() => void this.kick("timer"), OTHER_TAB_MS);
    } catch {
      // What the storage would not do is told by its own notice; the next tick tries again.
      this.set("idle");
    }
  }

  private set(state: Sending["state"]): void {
    if (this.state === state) return;
    this.state = state;
    this.core.changed("status");
  }

  /** Somebody signed in, enrolled or loaded a newer version: sending may go on. */
  async resume(): Promise<void> {
    await this.keep(plan.resumed((await this.stored()) ?? plan.fresh(LIMITS.items)));
    await this.kick("person");
  }

  /** A call other than a push found out what stands in the way. */
  async stop(needs: Needs): Promise<void> {
    await this.keep({ ...((await this.stored()) ?? plan.fresh(LIMITS.items)), stopped: needs });
  }

  private async stored(): Promise<Course | null> {
    return (await this.core.storage.meta("course").catch(() => undefined)) ?? this.course;
  }

  private async keep(course: Course): Promise<void> {
    this.course = course;
    await this.core.storage.setMeta("course", course).catch((cause: unknown) => this.core.room(cause));
    this.core.changed("status");
  }

  private async run(why: Why): Promise<void> {
    const device = await this.core.storage.meta("enrolment");
    if (!device) return;
    const limits = (await this.core.storage.meta("limits")) ?? LIMITS;
    let course = { ...plan.fresh(limits.items), ...(await this.stored()) };
    if (why === "online" || why === "person") course = plan.hurried(course);
    let from = 1;
    let sent = 0;
    for (;;) {
      const step = plan.next(course, Date.now());
      if (step.kind === "stopped") return this.keep(course);
      if (step.kind === "wait") return this.rest(course, step.until);
      if (await this.core.storage.meta("reconcile")) {
        const looked = await reconcile(this.core);
        if (looked === "later") course = plan.after(course, [], { kind: "nothing" }, limits.items, Date.now(), Math.random()).course;
        else if (looked !== "done") course = { ...course, stopped: looked };
        if (looked !== "done") continue;
      }
      const batch = step.kind === "control" ? [] : step.kind === "these" ? await this.these(step.ids) : await this.queue(device.device_id, from, step.most);
      if (batch.length === 0 && step.kind === "these") {
        course = plan.without(course, () => false);
        continue;
      }
      if (batch.length === 0 && step.kind === "queue") break;
      const came = await this.push(batch, device.device_id);
      sent += 1;
      const then = plan.after(course, batch.map((one) => one.row.revision_id), came, limits.items, Date.now(), Math.random());
      course = then.course;
      for (const one of then.attention) await this.setAside(one.id, one.reason, null);
      if (came.kind === "answered" && step.kind === "queue") from = (batch.at(-1)?.row.device_seq ?? from) + 1;
      await this.keep(course);
    }
    await this.finish(course, sent > 0 || why === "person");
  }

  private rest(course: Course, until: number): Promise<void> {
    this.timer = setTimeout(() => void this.kick("timer"), Math.min(until - Date.now(), 60_000));
    return this.keep(course);
  }

  /** The queue has been gone through: what was left behind waits, the rest is told and asked. */
  private async finish(course: Course, ask: boolean): Promise<void> {
    const left = await this.core.storage.read(["state"], (tx) => tx.store.index("queue").count(IDBKeyRange.bound(["pending", 0], ["pending", Infinity])));
    const over = plan.ended(course, left > 0, Date.now(), Math.random());
    await this.keep(over);
    const until = plan.waitsUntil(over.wait, Date.now());
    if (until !== null) await this.rest(over, until);
    await refillLedger(this.core);
    const asked = Date.parse((await this.core.storage.meta("checked_at")) ?? "") || 0;
    const due = Math.abs(Date.now() - asked) >= this.core.settings.pull_ms;
    if (!ask && !due) return;
    const needs = await pull(this.core);
    if (needs && needs !== "network") await this.stop(needs);
  }

  /** The oldest that wait, as many as fit. */
  private async queue(device_id: string, from: number, most: number): Promise<Loaded[]> {
    const aside: { id: string; reason: string }[] = [];
    const found = await this.core.storage.read(["state", "revisions"], async (tx) => {
      const batch: Loaded[] = [];
      let units = 0;
      const range = IDBKeyRange.bound(["pending", from], ["pending", Infinity]);
      for await (const cursor of tx.objectStore("state").index("queue").iterate(range)) {
        const row = cursor.value;
        if (batch.length >= most || (batch.length > 0 && units + row.size > BATCH_UNITS)) break;
        const kept = await tx.objectStore("revisions").get(row.revision_id);
        if (kept?.device_id !== device_id) {
          aside.push({ id: row.revision_id, reason: kept ? "other_device" : "missing_bytes" });
          continue;
        }
        batch.push({ row, item: kept.item });
        units += row.size;
      }
      return batch;
    });
    for (const { id, reason } of aside) await this.setAside(id, reason, null);
    return found;
  }

  private these(ids: readonly string[]): Promise<Loaded[]> {
    return this.core.storage.read(["state", "revisions"], async (tx) => {
      const found = await Promise.all(
        ids.map(async (id) => ({ row: await tx.objectStore("state").get(id), kept: await tx.objectStore("revisions").get(id) })),
      );
      return found.flatMap(({ row, kept }) => (row?.state === "pending" && kept ? [{ row, item: kept.item }] : []));
    });
  }

  /** Sends one batch and books what is proven. */
  private async push(batch: readonly Loaded[], device_id: string): Promise<Came> {
    const batch_id = uuid7();
    const lost = ((await this.core.storage.meta("lost")) ?? []).slice(0, MOST_LOST);
    const epoch = await this.core.storage.meta("epoch");
    const head = { batch_id, device_id, epoch, anchor: await this.anchor(), device: await this.report(), ...(lost.length > 0 ? { lost } : {}) };
    const body = `${JSON.stringify(head).slice(0, -1)},"items":[${batch.map((one) => one.item).join(",")}]}`;
    const answer = await call(`${this.core.settings.base}/push`, { method: "POST", body, packs: true, timeout_ms: this.core.settings.timeout_ms });
    if (answer.kind === "timeout") return this.away({ kind: "timeout" });
    if (answer.kind === "nothing") {
      const { status, retry_after_s } = answer;
      // A proxy's own words for "later" and "broken" are heard, whatever page they come in; nothing else of it is.
      const heard = status !== null && (status >= 500 || status === 429 || status === 413);
      return this.away(heard ? { kind: "status", status, retry_after_s, code: null } : { kind: "nothing" });
    }
    if (answer.status !== 200) {
      if (answer.code !== null && CUT.has(answer.code)) return { kind: "nothing" };
      if (answer.code === null && answer.status < 500 && answer.status !== 429 && answer.status !== 413) return this.away({ kind: "nothing" });
      this.reached = answer.code !== null;
      if (answer.code === "protocol_unsupported") await this.core.notice("protocol", null);
      if (answer.code === "device_revoked") await this.core.notice("revoked", null);
      return { kind: "status", status: answer.status, retry_after_s: answer.retry_after_s, code: answer.code };
    }
    const pushed = pushedIn(answer.body, batch_id);
    if (!pushed) return this.away({ kind: "nothing" });
    this.reached = true;
    const came = await this.book(batch, pushed);
    if (lost.length > 0 && pushed.anchor_ok) await this.told(lost.length);
    return came;
  }

  /** The office knows of so many that are lost. */
  private async told(count: number): Promise<void> {
    const lost = (await this.core.storage.meta("lost")) ?? [];
    await this.core.storage.setMeta("lost", lost.slice(count)).catch((cause: unknown) => this.core.room(cause));
  }

  private away(came: Came): Came {
    this.reached = false;
    return came;
  }

  private async anchor(): Promise<{ seq: number; revision_id: string; hash: string } | null> {
    const line = parseLine((await this.core.storage.meta("anchor")) ?? "");
    return line && { seq: line.seq, revision_id: line.revision_id, hash: line.hash };
  }

  /** How this device is, for the office. */
  private async report(): Promise<object> {
    const [seq_high, persisted, estimate] = await Promise.all([
      this.core.storage.meta("device_seq"),
      navigator.storage?.persisted?.().catch(() => false),
      navigator.storage?.estimate?.().catch(() => undefined),
    ]);
    const { pending, attention, oldest } = await this.core.storage.read(["state"], async (tx) => {
      const queue = tx.store.index("queue");
      const of = (state: string) => IDBKeyRange.bound([state, 0], [state, Infinity]);
      return { pending: await queue.count(of("pending")), attention: await queue.count(of("attention")), oldest: await queue.get(of("pending")) };
    });
    const oldest_pending_s = oldest ? Math.max(0, Math.round((Date.now() - Date.parse(oldest.finalised_at)) / 1000)) : 0;
    const clock = new Date().toISOString();
    return { seq_high: seq_high ?? 0, pending, oldest_pending_s, attention, persisted: persisted ?? false, bytes: estimate?.usage ?? 0, clock, build: BUILD };
  }

  private async book(batch: readonly Loaded[], pushed: Pushed): Promise<Came> {
    if (!pushed.anchor_ok) {
      await this.core.storage.setMeta("reconcile", true);
      return { kind: "answered", progress: true, received: 0, backoff_s: pushed.backoff_s ?? 0 };
    }
    const keys = await this.core.storage.meta("keys");
    const claims = pushed.results.filter((result) => ["stored", "duplicate", "held"].includes(result.status));
    const worth = claims.length === 0 ? "good" : pushed.receipt && keys ? await prove(pushed.receipt, keys) : "forged";
    if (worth === "unknown_key") await pull(this.core);
    if (worth === "forged") await this.core.notice("forged_receipt", null);
    if (worth !== "good") return { kind: "nothing" };
    const arrived: Arrived[] = [];
    for (const { row } of batch) {
      const result = pushed.results.find((one) => one.revision_id === row.revision_id);
      if (!result) continue;
      if (result.status === "refused") await this.setAside(row.revision_id, result.reason ?? "refused", result.detail ?? null);
      const line = claims.includes(result) ? proof(pushed.receipt?.lines ?? [], result.line, row) : null;
      if (line) arrived.push({ revision_id: row.revision_id, line, held: line.became === "held" ? (result.reason ?? "held") : null });
    }
    await markReceived(this.core, arrived, pushed);
    if (batch.length > 0) await lookAtGaps(this.core, pushed.device?.gaps ?? []);
    const progress = arrived.length > 0 || pushed.results.some((result) => result.status === "refused");
    return { kind: "answered", progress, received: arrived.length, backoff_s: pushed.backoff_s ?? 0 };
  }

  /** Puts an item before a person: it stays here, and the rest goes on. */
  private async setAside(revision_id: string, reason: string, detail: string | null): Promise<void> {
    await this.core.storage.write(["state"], async (tx) => {
      const row = await tx.store.get(revision_id);
      if (row && row.state === "pending") await tx.store.put({ ...row, state: "attention", reason, detail });
    });
    this.core.changed("queue");
  }
}

/** An answer to our push, and to no other; null when it is none. */
function pushedIn(body: unknown, batch_id: string): Pushed | null {
  if (!isRecord(body) || body.service !== "soundings-sync" || body.batch_id !== batch_id) return null;
  if (typeof body.epoch !== "string" || typeof body.beacon !== "string" || !Array.isArray(body.results)) return null;
  const results = body.results.filter((one) => isRecord(one) && typeof one.revision_id === "string" && typeof one.status === "string");
  return { ...(body as unknown as Pushed), anchor_ok: body.anchor_ok !== false, results: results as unknown as Result[], receipt: receiptIn(body.receipt) };
}
