//! Keys and ciphers: a passphrase wraps a person's master key, the master key hides drafts, the service's key seals what is finalised.

import type { ProfileRow } from "./db";
import type { Payload, Sealed, NamedKey } from "./shapes";

/** Rounds of PBKDF2-SHA-256 between a passphrase and the key it gives. */
export const ITERATIONS = 600_000;

const text = new TextEncoder();
const IV_BYTES = 12;

/** What is wrong with a passphrase, in a sentence; null when it is good. */
export function passphraseFault(passphrase: string): string | null {
  const words = passphrase.trim().split(/\s+/).filter((word) => word.length > 1);
  const letters = passphrase.trim().length;
  if (new Set(passphrase).size < 6 || letters < 12) return "Use at least four words, or 16 characters. A number like a PIN can be guessed.";
  if (new Set(words).size >= 4 || letters >= 16) return null;
  return "Use at least four different words, or 16 characters.";
}

/** Lower-case hexadecimal SHA-256 of a text's UTF-8 bytes. */
export async function sha256(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof content === "string" ? text.encode(content) : content;
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes as base64url without padding. */
export function base64url(bytes: ArrayBuffer | Uint8Array): string {
  let binary = "";
  for (const byte of bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of base64url; null when it is none. */
export function fromBase64url(encoded: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

/** Gzip. */
export async function gzip(content: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([content]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function random(bytes: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(bytes));
}

async function wrappingKey(passphrase: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> {
  const words = passphrase.normalize("NFKC").trim().replace(/\s+/g, " ");
  const base = await crypto.subtle.importKey("raw", text.encode(words), "PBKDF2", false, ["deriveKey"]);
  const by = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(by, base, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

type Wrapping = Pick<ProfileRow, "salt" | "iterations" | "wrap_iv" | "wrapped">;

async function wrap(master: CryptoKey, passphrase: string): Promise<Wrapping> {
  const salt = random(16);
  const wrap_iv = random(IV_BYTES);
  const key = await wrappingKey(passphrase, salt, ITERATIONS);
  const wrapped = await crypto.subtle.wrapKey("raw", master, key, { name: "AES-GCM", iv: wrap_iv });
  return { salt, iterations: ITERATIONS, wrap_iv, wrapped };
}

async function unwrap(wrapping: Wrapping, passphrase: string, extractable: boolean): Promise<CryptoKey | null> {
  const key = await wrappingKey(passphrase, wrapping.salt, wrapping.iterations);
  const by = { name: "AES-GCM", iv: wrapping.wrap_iv };
  try {
    return await crypto.subtle.unwrapKey("raw", wrapping.wrapped, key, by, "AES-GCM", extractable, ["encrypt", "decrypt"]);
  } catch {
    return null;
  }
}

/** A fresh master key, wrapped by a passphrase. */
export async function newMaster(passphrase: string): Promise<Wrapping> {
  const master = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  return wrap(master, passphrase);
}

/** The master key, never to leave the browser's own keeping; null when the passphrase is wrong. */
export function openMaster(wrapping: Wrapping, passphrase: string): Promise<CryptoKey | null> {
  return unwrap(wrapping, passphrase, false);
}

/** The same master key under another passphrase; null when the old one is wrong. */
export async function rewrap(wrapping: Wrapping, old: string, fresh: string): Promise<Wrapping | null> {
  const master = await unwrap(wrapping, old, true);
  return master && wrap(master, fresh);
}

/** A text hidden under a master key, and bound to what it is (`about`). */
export async function hide(master: CryptoKey, about: string, content: string): Promise<{ iv: Uint8Array<ArrayBuffer>; ct: ArrayBuffer }> {
  const iv = random(IV_BYTES);
  const by = { name: "AES-GCM", iv, additionalData: text.encode(about) };
  return { iv, ct: await crypto.subtle.encrypt(by, master, text.encode(content)) };
}

/** A hidden text; null when it was hidden under another key or is about something else. */
export async function reveal(master: CryptoKey, about: string, hidden: { iv: Uint8Array<ArrayBuffer>; ct: ArrayBuffer }): Promise<string | null> {
  const by = { name: "AES-GCM", iv: hidden.iv, additionalData: text.encode(about) };
  try {
    return new TextDecoder().decode(await crypto.subtle.decrypt(by, master, hidden.ct));
  } catch {
    return null;
  }
}

/** A payload's exact text, its hash, and the form in which only the service can read it. */
export async function seal(payload: Payload, ids: { revision_id: string; device_id: string }, to: NamedKey): Promise<{ hash: string; sealed: Sealed }> {
  const content = JSON.stringify(payload);
  const hash = await sha256(content);
  const agreement = { name: "ECDH", namedCurve: "P-256" } as const;
  const theirs = await crypto.subtle.importKey("jwk", publicOnly(to.jwk), agreement, false, []);
  const ours = await crypto.subtle.generateKey(agreement, false, ["deriveBits"]);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const by = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: text.encode(`soundings seal 1|${to.kid}|${ids.revision_id}`) };
  const key = await crypto.subtle.deriveKey(by, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = random(IV_BYTES);
  const additionalData = text.encode(`${ids.revision_id}|${ids.device_id}|${hash}`);
  const ct = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, await gzip(content));
  const epk = await crypto.subtle.exportKey("raw", ours.publicKey);
  return { hash, sealed: { kid: to.kid, epk: base64url(epk), iv: base64url(iv), ct: base64url(ct) } };
}

/** Whether lines carry the service's own signature. */
export async function isSigned(lines: readonly string[], sig: string, by: NamedKey): Promise<boolean> {
  const signature = fromBase64url(sig);
  if (!signature) return false;
  const scheme = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("jwk", publicOnly(by.jwk), scheme, false, ["verify"]);
  return crypto.subtle.verify(scheme, key, signature, text.encode(lines.join("\n")));
}

/** Only the public point: `use`, `key_ops` and the like would be held against us. */
function publicOnly({ kty, crv, x, y }: JsonWebKey): JsonWebKey {
  return { kty: kty ?? "EC", crv: crv ?? "P-256", ...(x === undefined ? {} : { x }), ...(y === undefined ? {} : { y }) };
}
