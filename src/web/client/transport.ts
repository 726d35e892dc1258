//! Calls to the service, and what can be made of an answer: ours, nothing, or too late.

import { BUILD } from "./core";
import { Denied, Unreached } from "./faults";
import { gzip } from "./seal";

/** What came back. */
export type Answer =
  | { kind: "json"; status: number; body: unknown; text: string; retry_after_s: number | null; code: string | null }
  /** No network, a redirect, a page that is no JSON, an answer cut short. `status` when there was one. */
  | { kind: "nothing"; status: number | null; retry_after_s: number | null }
  | { kind: "timeout" };

/** A call. */
export interface Call {
  method?: "GET" | "POST";
  body?: string;
  /** Whether the body may travel packed. */
  packs?: boolean;
  timeout_ms: number;
}

/** Makes one call. Never throws. */
export async function call(address: string, { method = "GET", body, packs = false, timeout_ms }: Call): Promise<Answer> {
  let answer: Response;
  try {
    const headers: Record<string, string> = { Accept: "application/json", "X-Sync-Protocol": "1", "X-Sync-Client": BUILD };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const packed = packs && body !== undefined && typeof CompressionStream !== "undefined" ? await gzip(body) : body;
    if (packed instanceof Uint8Array) headers["Content-Encoding"] = "gzip";
    const signal = AbortSignal.timeout(timeout_ms);
    const init: RequestInit = { method, headers, signal, redirect: "error", cache: "no-store", credentials: "same-origin" };
    answer = await fetch(address, packed === undefined ? init : { ...init, body: packed });
    const text = await answer.text();
    return read(answer, text);
  } catch (cause) {
    return cause instanceof DOMException && cause.name === "TimeoutError" ? { kind: "timeout" } : { kind: "nothing", status: null, retry_after_s: null };
  }
}

function read(answer: Response, text: string): Answer {
  const retry_after_s = seconds(answer.headers.get("Retry-After"));
  const json = /^application\/(problem\+)?json\b/.test(answer.headers.get("Content-Type") ?? "");
  try {
    if (!json) throw new SyntaxError("no JSON");
    const body: unknown = JSON.parse(text);
    const code = isRecord(body) && typeof body.code === "string" ? body.code : null;
    return { kind: "json", status: answer.status, body, text, retry_after_s, code };
  } catch {
    return { kind: "nothing", status: answer.status, retry_after_s };
  }
}

/** `Retry-After` in seconds, from either of its forms. */
function seconds(header: string | null): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.round((at - Date.now()) / 1000));
}

/** Whether a JSON value is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The body of a good answer. @throws Unreached, Denied */
export function good(answer: Answer): { body: Record<string, unknown>; text: string } {
  if (answer.kind !== "json") throw new Unreached("the service could not be reached");
  const { status, body, code } = answer;
  if (status < 200 || status > 299) {
    if (code === null) throw new Unreached("what answered was not the service");
    const detail = isRecord(body) && typeof body.detail === "string" ? body.detail : "the service refused";
    throw new Denied(status, code, detail);
  }
  if (!isRecord(body)) throw new Unreached("what answered was not the service");
  return { body, text: answer.text };
}
