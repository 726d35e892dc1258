//! Lines, passphrases, ids, ciphers and the slowing down of wrong tries.

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { later, parseLine, proof } from "../lines";
import { waitAfter, waitBefore } from "../people";
import { digestOf } from "../pull";
import { nearlyFull, percent } from "../room";
import { base64url, fromBase64url, gzip, hide, isSigned, newMaster, openMaster, passphraseFault, reveal, rewrap, seal, sha256 } from "../seal";
import { uuid7 } from "../uuid";

const HASH = "a".repeat(64);
const line = (parts: Partial<Record<"one" | "seq" | "hash" | "became", string>> = {}) =>
  [parts.one ?? "1", "epoch", parts.seq ?? "12", "rev", parts.hash ?? HASH, parts.became ?? "stored", "2026-11-21T09:18:40.087Z"].join("|");

describe("lines", () => {
  it("are read only when every part is as it should be", () => {
    assert.equal(parseLine(line())?.seq, 12);
    for (const bad of ["", "1|2|3", line({ one: "2" }), line({ seq: "0" }), line({ seq: "x" }), line({ hash: "A" }), line({ became: "refused" }), `${line()}|`]) {
      assert.equal(parseLine(bad), null, bad);
    }
  });

  it("prove an item only by its id and its own bytes", () => {
    const item = { revision_id: "rev", hash: HASH };
    assert(proof([line()], 0, item));
    assert.equal(proof([line()], 1, item), null);
    assert.equal(proof([line()], undefined, item), null);
    assert.equal(proof([line()], 0, { ...item, revision_id: "other" }), null);
    assert.equal(proof([line({ hash: "b".repeat(64) })], 0, item), null);
  });

  it("anchor to the last of the epoch", () => {
    const [early, late] = [parseLine(line()), parseLine(line({ seq: "40" }))];
    assert.equal(later(early, late, "epoch"), late);
    assert.equal(later(late, early, "epoch"), late);
    assert.equal(later(early, late, "another"), null);
  });
});

describe("passphrases", () => {
  it("are four words or sixteen characters, and no PIN", () => {
    for (const good of ["otter lantern gravel nine", "correct-horse-battery", "Gr4vel&Lantern#Otter"]) assert.equal(passphraseFault(good), null, good);
    for (const bad of ["", "123456", "a b c d", "aaaaaaaaaaaaaaaaaaaa", "otter otter otter otter", "short words"]) {
      assert(passphraseFault(bad) !== null, bad);
    }
  });

  it("open a master key, and no other passphrase does", async () => {
    const wrapping = await newMaster("otter lantern gravel nine");
    const key = await openMaster(wrapping, " otter  lantern gravel nine ");
    assert(key);
    assert.equal(key.extractable, false);
    assert.equal(await openMaster(wrapping, "otter lantern gravel ten"), null);
    const hidden = await hide(key, "draft|1", "It is fairer.");
    const fresh = await rewrap(wrapping, "otter lantern gravel nine", "a different set of words");
    assert(fresh);
    const again = await openMaster(fresh, "a different set of words");
    assert(again);
    assert.equal(await reveal(again, "draft|1", hidden), "It is fairer.");
    assert.equal(await reveal(again, "draft|2", hidden), null);
    assert.equal(await rewrap(wrapping, "wrong", "a different set of words"), null);
  });

  it("cost more time after five wrong tries, whatever the clock does", () => {
    assert.deepEqual([1, 4, 5, 6, 20].map(waitAfter), [0, 0, 30_000, 60_000, 900_000]);
    const row = { wrong_since: 1_000_000, wait_until: 1_030_000 };
    assert.equal(waitBefore(row, 1_000_000), 30);
    assert.equal(waitBefore(row, 1_030_000), 0);
    assert.equal(waitBefore(row, 0), 30);
  });
});

describe("seals and signatures", () => {
  it("are opened by the service's key alone, and say what was sealed", async () => {
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    const to = { kid: "k1", jwk: await crypto.subtle.exportKey("jwk", pair.publicKey) };
    const payload = { kind: "withdrawal", response_id: "r", reason: "asked to" } as const;
    const { hash, sealed } = await seal(payload, { revision_id: "rev", device_id: "dev" }, to);
    assert.equal(hash, await sha256(JSON.stringify(payload)));
    const part = (text: string) => fromBase64url(text) ?? new Uint8Array();
    const epk = await crypto.subtle.importKey("raw", part(sealed.epk), { name: "ECDH", namedCurve: "P-256" }, false, []);
    const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: epk }, pair.privateKey, 256);
    const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
    const text = new TextEncoder();
    const by = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: text.encode("soundings seal 1|k1|rev") };
    const key = await crypto.subtle.deriveKey(by, base, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    const additionalData = text.encode(`rev|dev|${hash}`);
    const packed = await crypto.subtle.decrypt({ name: "AES-GCM", iv: part(sealed.iv), additionalData }, key, part(sealed.ct));
    const plain = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
    assert.equal(plain, JSON.stringify(payload));
  });

  it("hold only for the lines that were signed", async () => {
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const key = { kid: "r1", jwk: { ...(await crypto.subtle.exportKey("jwk", pair.publicKey)), use: "sig" } };
    const lines = [line(), line({ seq: "13" })];
    const sig = base64url(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, new TextEncoder().encode(lines.join("\n"))));
    assert.equal(await isSigned(lines, sig, key), true);
    assert.equal(await isSigned([...lines].reverse(), sig, key), false);
    assert.equal(await isSigned(lines, "no signature!", key), false);
    assert.equal(await isSigned(lines, base64url(new Uint8Array(64)), key), false);
  });

  it("leave a bundle's digest to be checked byte for byte", async () => {
    const digest = await sha256('{"form":"survey"}');
    assert.equal(await digestOf(`{"digest":"${digest}","form":"survey"}`), digest);
    assert.notEqual(await digestOf(`{"digest":"${digest}","form":"other"}`), digest);
  });
});

describe("ids", () => {
  it("are UUIDs of version 7 that grow, whatever the clock does", () => {
    const made = [5_000, 5_000, 4_000, 9_000].map((now) => uuid7(now));
    for (const id of made) assert(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id), id);
    assert.deepEqual([...made].sort(), made);
  });

  it("gzip gives bytes that gzip reads", async () => {
    const packed = await gzip("x".repeat(10_000));
    assert(packed.length < 200);
  });
});

describe("room", () => {
  it("is too little for something new from four fifths on", () => {
    assert.equal(nearlyFull({ usage: 799, quota: 1_000 }), false);
    assert.equal(nearlyFull({ usage: 800, quota: 1_000 }), true);
    assert.equal(nearlyFull({ usage: 1_200, quota: 1_000 }), true);
  });

  it("is believed to be there when the browser does not tell", () => {
    assert.equal(nearlyFull(null), false);
    assert.equal(nearlyFull({ usage: 0, quota: 0 }), false);
  });

  it("is told in whole percent, and never as more than all of it", () => {
    assert.equal(percent({ usage: 867, quota: 1_000 }), 86);
    assert.equal(percent({ usage: 1_200, quota: 1_000 }), 100);
  });
});
