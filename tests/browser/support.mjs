//! What every browser test needs: the real program on a free port, real Chromium, and visitors who are watched.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { chromium } from 'playwright-core';

/** The project's folder. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

const PROGRAM = resolve(ROOT, process.env.SOUNDINGS_BIN ?? 'target/debug/soundings');
const CHROMIUM = process.env.SOUNDINGS_CHROMIUM ?? '/usr/bin/chromium';

/** No display, no sandbox (CI runs as root), and a browser that asks the outside world for nothing of its own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long the program may take to fill its demonstration data and answer. */
const READY_WITHIN_MS = 120_000;

/** A port that was free a moment ago. */
export async function freePort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

/** Starts the program on scratch data, with more flags if need be. `close` ends it and throws the data away. */
export async function startProgram(more = []) {
  assert.ok(existsSync(PROGRAM), `${PROGRAM} is not there: build it first, or name it in SOUNDINGS_BIN`);
  const folder = await mkdtemp(join(tmpdir(), 'soundings-browser-'));
  const origin = `http://127.0.0.1:${await freePort()}`;
  const database = `sqlite://${join(folder, 'soundings.db')}`;
  const data = join(folder, 'data');
  // Nobody listens there: mail is offered and waits in the queue.
  const mail = ['--mail-from', 'consult@example.org', ...(more.includes('--smtp') ? [] : ['--smtp', 'smtp://127.0.0.1:9'])];
  const flags = ['serve', '--listen', new URL(origin).host, '--database', database, '--data', data, '--demo', ...mail, ...more];
  const child = spawn(PROGRAM, flags, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log += text));
  const ended = new Promise((done) => child.once('exit', done));
  const close = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(origin, child);
  } catch (error) {
    await close();
    throw new Error(`${error.message}\n${log}`);
  }
  return { binary: PROGRAM, origin, database, data, folder, close, log: () => log, token: /with the token (\S+)/.exec(log)?.[1], desk: /Desk: (\S+)/.exec(log)?.[1] };
}

async function untilReady(origin, child) {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the program ended with status ${child.exitCode}`);
    const answer = await fetch(`${origin}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await pause(50);
  }
  throw new Error(`the program was not ready within ${READY_WITHIN_MS} ms`);
}

/** The rows of the `responses` export as objects, taken by the same program while it serves. */
export async function exportedResponses(program, consultation) {
  const out = await mkdtemp(join(program.folder, 'export-'));
  await promisify(execFile)(
    PROGRAM,
    ['export', 'responses', '--consultation', consultation, '--out', out, '--database', program.database, '--data', program.data],
    { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 },
  );
  const names = (await readdir(out, { recursive: true })).filter((name) => name.endsWith('.csv'));
  assert.ok(names.length > 0, `the export wrote no CSV, only: ${await readdir(out, { recursive: true })}`);
  const tables = await Promise.all(names.map(async (name) => parseCsv(await readFile(join(out, name), 'utf8'))));
  return tables.flat();
}

/** CSV as RFC 4180 has it: the first line names the columns. */
export function parseCsv(text) {
  const lines = [];
  let line = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  const body = text.replace(/^\uFEFF/, '');
  while (field.lastIndex < body.length) {
    const found = field.exec(body);
    assert.ok(found, `the CSV cannot be read near: ${body.slice(field.lastIndex, field.lastIndex + 60)}`);
    line.push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
    if (found[3] !== ',') {
      lines.push(line);
      line = [];
    }
  }
  const [columns = [], ...rows] = lines;
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? ''])));
}

/** Real Chromium. */
export function launchBrowser() {
  assert.ok(existsSync(CHROMIUM), `${CHROMIUM} is not there: run scripts/install-debian, or set SOUNDINGS_CHROMIUM`);
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

/**
 * A person with a browser of their own. Whatever their pages ask of another site is stopped and written down, and so
 * is every file of ours that is missing; `close` fails when there was any.
 */
export async function newVisitor(browser, origin, options = {}) {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB', baseURL: origin, ...options });
  const faults = [];
  context.setDefaultTimeout(15_000);
  await context.route(
    (url) => /^(https?|wss?):$/.test(url.protocol) && url.origin !== origin,
    (route) => route.abort(),
  );
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:', 'about:'].includes(url.protocol) && url.origin !== origin) {
      faults.push(`${request.frame().url()} asked another site for ${url}`);
    }
  });
  context.on('response', (response) => {
    // What is sent, by the browser or by the page's own script, may be answered by the page again with what is wrong.
    const request = response.request();
    const page = request.resourceType() === 'document' || request.method() === 'POST';
    if (response.status() >= (page ? 500 : 400)) faults.push(`${response.status()} for ${response.url()}`);
  });
  context.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) faults.push(message.text());
  });
  const page = await context.newPage();
  const close = async () => {
    await context.close();
    assert.deepEqual(faults, [], 'a page asked another site, lacked a file, or broke its own content policy');
  };
  return { context, page, faults, close };
}

/** Where a page stood and the first of what it said, for whoever reads of a failed test. */
async function asFound(page) {
  const said = await page.evaluate(() => document.body.innerText).catch(() => 'nothing');
  return `${page.url()}\n${said.replace(/\n{2,}/g, '\n').slice(0, 1500)}`;
}

/** Runs `work` with a visitor and always closes their browser; a fault of the work itself is the one reported. */
export async function asVisitor(browser, origin, work, options) {
  const visitor = await newVisitor(browser, origin, options);
  let failed = true;
  try {
    const result = await work(visitor.page, visitor);
    failed = false;
    return result;
  } catch (error) {
    error.stack += `\nThe page then: ${await asFound(visitor.page)}`;
    throw error;
  } finally {
    if (failed) await visitor.context.close();
    else await visitor.close();
  }
}
