//! The sync plan: what comes after each answer, and that any mixture of faults ends with everything sent but the poison.

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import * as plan from "../plan";
import type { Came, Course } from "../plan";

const NOW = 1_700_000_000_000;
const start = (): Course => plan.fresh(100);
const ids = (count: number) => Array.from({ length: count }, (_, index) => `i${index}`);
const status = (code: number, retry_after_s: number | null = null, name: string | null = null): Came => ({ kind: "status", status: code, retry_after_s, code: name });
const well = (received: number): Came => ({ kind: "answered", progress: received > 0, received, backoff_s: 0 });
const after = (course: Course, sent: string[], came: Came, random = 0.5) => plan.after(course, sent, came, 100, NOW, random);
const length = (course: Course) => (course.wait ? course.wait.until - course.wait.since : 0);

describe("the sync plan", () => {
  it("waits longer after each failure, between one second and five minutes", () => {
    let course = start();
    for (let failure = 1; failure <= 30; failure += 1) {
      for (const random of [0, 0.5, 0.999]) {
        const waits = length(after(course, ids(3), { kind: "nothing" }, random).course);
        assert(waits >= 1_000 && waits <= 300_000, `${waits} after ${failure}`);
      }
      course = after(course, ids(3), { kind: "nothing" }).course;
    }
    assert.equal(after(start(), ids(1), well(1)).course.wait, null);
  });

  it("keeps a wait through a clock that was set back, and never makes it longer", () => {
    const { wait } = after(start(), ids(1), status(503, 60)).course;
    assert(wait);
    const span = wait.until - wait.since;
    const year = 365 * 24 * 3_600_000;
    assert.equal(plan.waitsUntil(wait, NOW - year), NOW - year + span);
    assert.equal(plan.waitsUntil(wait, NOW + year), null);
    assert.equal(plan.waitsUntil(wait, NOW + 1), wait.until);
  });

  it("keeps to what the service asks for, and a person cannot hurry it", () => {
    const asked = after(start(), ids(1), status(429, 20)).course;
    assert(length(asked) >= 20_000);
    assert.deepEqual(plan.next(plan.hurried(asked), NOW).kind, "wait");
    const own = after(start(), ids(1), { kind: "nothing" }).course;
    assert.deepEqual(plan.next(plan.hurried(own), NOW).kind, "queue");
    assert(length(after(start(), ids(1), status(503, 9e9)).course) <= plan.LONGEST_ASKED_MS + 30_000);
  });

  it("stops and keeps everything when the credential is gone, the device blocked, or the protocol too old", () => {
    const needs = (came: Came) => after(start(), ids(5), came);
    assert.equal(needs(status(401)).course.stopped, "sign_in");
    assert.equal(needs(status(403, null, "forbidden")).course.stopped, "sign_in");
    assert.equal(needs(status(403, null, "device_revoked")).course.stopped, "revoked");
    assert.equal(needs(status(409, null, "protocol_unsupported")).course.stopped, "new_version");
    for (const came of [status(401), status(403), status(409, null, "protocol_unsupported")]) assert.deepEqual(needs(came).attention, []);
    assert.equal(plan.resumed(needs(status(401)).course).stopped, null);
  });

  it("halves what is too large until one item is left, which waits for a person", () => {
    let course = start();
    let sent = 100;
    while (sent > 1) {
      const then = after(course, ids(sent), status(413));
      assert.deepEqual(then.attention, []);
      course = then.course;
      assert.equal(course.size, Math.floor(sent / 2));
      sent = course.size;
    }
    assert.deepEqual(after(course, ids(1), status(413)).attention, [{ id: "i0", reason: "too_large" }]);
  });

  it("blames no item while the service takes nothing at all", () => {
    let course = start();
    for (let turn = 0; turn < 60; turn += 1) {
      const step = plan.next({ ...course, wait: null }, NOW);
      const sent = step.kind === "these" ? step.ids : step.kind === "queue" ? ids(100) : [];
      const then = after({ ...course, wait: null }, sent, status(502));
      assert.deepEqual(then.attention, []);
      course = then.course;
    }
  });

  it("sends everything but the poison through any mixture of faults", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const { left, attention, turns } = drain(seed);
      assert.deepEqual(left, [], `seed ${seed}`);
      assert.deepEqual(attention, ["i37", "i38"], `seed ${seed}`);
      assert(turns < 2_000, `seed ${seed} took ${turns}`);
    }
  });
});

/** A service that loses, breaks and delays at random and cannot stomach two items. Faults end after a while, as they do. */
function drain(seed: number): { left: string[]; attention: string[]; turns: number } {
  let state = seed;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  let waiting = ids(250);
  const attention: string[] = [];
  let course = start();
  let now = NOW;
  let turns = 0;
  for (; waiting.length > 0 && turns < 2_000; turns += 1) {
    const step = plan.next(course, now);
    if (step.kind === "wait") {
      now = step.until;
      continue;
    }
    assert.notEqual(step.kind, "stopped");
    const sent = step.kind === "these" ? step.ids.filter((id) => waiting.includes(id)) : step.kind === "queue" ? waiting.slice(0, step.most) : [];
    const came = answer(sent, random, turns);
    if (came.kind === "answered") waiting = waiting.filter((id) => !sent.slice(0, came.received).includes(id));
    const then = plan.after(course, sent, came, 100, now, random());
    course = then.course;
    attention.push(...then.attention.map((one) => one.id));
    waiting = waiting.filter((id) => !attention.includes(id));
  }
  return { left: waiting, attention: attention.sort(), turns };
}

function answer(sent: readonly string[], random: () => number, turn: number): Came {
  const poisoned = sent.includes("i37") || sent.includes("i38");
  if (turn < 40) {
    const chance = random();
    if (chance < 0.15) return { kind: "nothing" };
    if (chance < 0.2) return { kind: "timeout" };
    if (chance < 0.25) return status(503, 3);
    if (chance < 0.3 && sent.length > 1) return status(413);
  }
  if (poisoned) return status(500);
  return { kind: "answered", progress: sent.length > 0, received: sent.length, backoff_s: 0 };
}
