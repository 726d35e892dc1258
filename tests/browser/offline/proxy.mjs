//! A network that fails on order: an HTTP proxy before the service that does to each request what the test wrote down.

import { Agent, createServer, request as ask } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** The service's calls that faults are for, unless a test says otherwise. */
export const PUSH = /^\/api\/v1\/sync\/push/;

const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'accept-encoding', 'content-length']);

/** Files whose address changes with their content: the service is asked for each once, whatever network it is for. */
const STATIC = /^\/static\//;
const known = new Map();

/** A portal's page: 200, HTML, and nothing of ours. */
const PORTAL = '<!doctype html><title>Free Wi-Fi</title><h1>Please accept our terms</h1>';

/**
 * What can be done to one request:
 * `pass`, `drop_request`, `drop_response` (after the service answered), `truncate_response`, `duplicate`, `portal`,
 * `corrupt` (ten bytes of the body), `{ status, retry_after?, code? }`, `{ delay }` (ms), `{ mutate }` (of the JSON answer), `{ rewrite }` (of
 * the answer's text),
 * `{ cut_body }` (half of the request arrives, then the function is called), `{ swallow }` (the service answered; the function
 * is called and nothing is passed on).
 */
export class Proxy {
  /** Cuts every connection, as no network does. */
  down = false;
  /** Every request that came: method, path, and what was done to it. */
  seen = [];
  #script = [];
  #rules = [];
  #faults = new AbortController();
  // A connection of its own for each request: one kept open may be closed by the service at the moment it is used again.
  #agent = new Agent({ keepAlive: false });

  static async start(target) {
    const proxy = new Proxy();
    proxy.target = new URL(target);
    proxy.server = createServer((question, answer) => proxy.#handle(question, answer).catch(() => question.socket.destroy()));
    await new Promise((done) => proxy.server.listen(0, '127.0.0.1', done));
    proxy.origin = `http://127.0.0.1:${proxy.server.address().port}`;
    return proxy;
  }

  /** Does these to the next requests that match, one each; what comes after passes. */
  next(actions, match = PUSH) {
    for (const action of actions) this.#script.push({ action, match });
  }

  /** Does this to every request that matches, until `calm`. An action may be a function of the request that gives one. */
  always(action, match = PUSH) {
    this.#rules.push({ action, match });
  }

  /** The fault has passed. */
  calm() {
    this.down = false;
    this.#script = [];
    this.#rules = [];
    this.#faults.abort();
    this.#faults = new AbortController();
  }

  async close() {
    this.calm();
    this.server.closeAllConnections();
    this.#agent.destroy();
    await new Promise((done) => this.server.close(done));
  }

  async #choose(question, body) {
    const at = this.#script.findIndex((one) => one.match.test(question.url));
    const chosen = at >= 0 ? this.#script.splice(at, 1)[0].action : this.#rules.find((one) => one.match.test(question.url))?.action;
    return (typeof chosen === 'function' ? await chosen(question, body) : chosen) ?? 'pass';
  }

  async #handle(question, answer) {
    if (this.down) return void question.socket.destroy();
    const chunks = [];
    for await (const chunk of question) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const action = await this.#choose(question, body);
    this.seen.push({ method: question.method, url: question.url, action: typeof action === 'string' ? action : Object.keys(action)[0], at: Date.now(), bytes: body.length });
    if (action === 'drop_request') return void question.socket.destroy();
    if (action === 'portal') return void answer.writeHead(200, { 'content-type': 'text/html' }).end(PORTAL);
    if (action.status) return void this.#problem(answer, action);
    if (action.delay) await pause(action.delay, undefined, { signal: this.#faults.signal }).catch(() => undefined);
    if (action.cut_body) {
      this.#forwardHalf(question, body);
      await action.cut_body();
      return void question.socket.destroy();
    }
    if (action === 'corrupt') body.fill(0x5a, body.length >> 1, (body.length >> 1) + 10);
    if (action === 'duplicate') await this.#forward(question, body);
    const came = await this.#answered(question, body);
    if (action.swallow) await action.swallow();
    if (action === 'drop_response' || action.swallow) return void question.socket.destroy();
    if (action.mutate) came.body = Buffer.from(JSON.stringify(action.mutate(JSON.parse(came.body.toString()))));
    if (action.rewrite) came.body = Buffer.from(action.rewrite(came.body.toString()));
    const headers = { ...came.headers, 'content-length': came.body.length };
    answer.writeHead(came.status, headers);
    if (action === 'truncate_response') {
      answer.write(came.body.subarray(0, came.body.length >> 1), () => question.socket.destroy());
      return;
    }
    answer.end(came.body);
  }

  #problem(answer, { status, retry_after, code, detail }) {
    const headers = { 'content-type': code ? 'application/problem+json' : 'text/html' };
    if (retry_after !== undefined) headers['retry-after'] = String(retry_after);
    answer.writeHead(status, headers).end(code ? JSON.stringify({ code, status, title: code, detail: detail ?? code }) : '<h1>Bad gateway</h1>');
  }

  #options(question, body) {
    const headers = Object.fromEntries(Object.entries(question.headers).filter(([name]) => !HOP.has(name)));
    // The service sees the host that the browser asked, as behind any proxy worth its name.
    headers.host = question.headers.host;
    headers['accept-encoding'] = 'identity';
    headers['content-length'] = body.length;
    return { host: this.target.hostname, port: this.target.port, method: question.method, path: question.url, headers, agent: this.#agent };
  }

  async #answered(question, body) {
    const name = `${this.target.host} ${question.url}`;
    if (known.has(name)) return { ...known.get(name) };
    const came = await this.#forward(question, body);
    if (STATIC.test(question.url) && came.status === 200) known.set(name, { ...came });
    return came;
  }

  #forward(question, body) {
    return new Promise((done, failed) => {
      const call = ask(this.#options(question, body), (came) => {
        const chunks = [];
        came.on('data', (chunk) => chunks.push(chunk));
        came.on('error', failed);
        came.on('end', () => {
          const headers = Object.fromEntries(Object.entries(came.headers).filter(([name]) => !HOP.has(name)));
          done({ status: came.statusCode, headers, body: Buffer.concat(chunks) });
        });
      });
      call.on('error', failed);
      call.end(body);
    });
  }

  #forwardHalf(question, body) {
    const call = ask({ ...this.#options(question, body), agent: false });
    call.on('error', () => undefined);
    call.write(body.subarray(0, body.length >> 1));
  }
}
