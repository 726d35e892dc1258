//! The real program as a child that can be killed at any moment and started again on the same data, and what is in its database.

import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

import { ROOT, freePort } from '../support.mjs';

const PROGRAM = resolve(ROOT, process.env.SOUNDINGS_BIN ?? 'target/debug/soundings');
const READY_WITHIN_MS = 300_000;

/** The password that the demonstration's person chooses. */
export const PASSWORD = 'otter lantern gravel nine';

/** The program with its data. */
export class Service {
  log = '';

  static async start(more = []) {
    const service = new Service();
    service.folder = await mkdtemp(join(tmpdir(), 'soundings-offline-'));
    service.origin = `http://127.0.0.1:${await freePort()}`;
    service.database = join(service.folder, 'soundings.db');
    service.more = more;
    await service.begin();
    service.desk = /Desk: (\S+)/.exec(service.log)?.[1];
    assert.ok(service.desk, `no link to the desk was printed:\n${service.log}`);
    return service;
  }

  /** Starts it on the data there is. */
  async begin() {
    const flags = ['serve', '--listen', new URL(this.origin).host, '--database', `sqlite://${this.database}`, '--data', join(this.folder, 'data'), '--demo', ...this.more];
    this.child = spawn(PROGRAM, flags, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (text) => (this.log += text));
    this.ended = new Promise((done) => this.child.once('exit', done));
    const until = Date.now() + READY_WITHIN_MS;
    while (Date.now() < until) {
      if (this.child.exitCode !== null) throw new Error(`the program ended with ${this.child.exitCode}\n${this.log}`);
      if ((await fetch(`${this.origin}/readyz`).catch(() => null))?.ok) return;
      await pause(50);
    }
    throw new Error(`the program was not ready within ${READY_WITHIN_MS} ms\n${this.log}`);
  }

  get alive() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Dies at once, in the middle of whatever it does. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Ends as an operator ends it. */
  async stop() {
    this.child.kill('SIGTERM');
    await this.ended;
  }

  async close() {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A copy of the database as it is on the disk, and of what lies beside it; the program must not run. */
  async keep(name) {
    for (const [from, to] of this.#files(name)) await cp(from, to).catch(() => undefined);
  }

  /** Puts a kept copy back: the database alone, as a careless restore does, or the whole machine. The program must not run. */
  async putBack(name, { whole = false } = {}) {
    for (const [to, from] of this.#files(name)) {
      if (!whole && to.endsWith('.json')) continue;
      await rm(to, { force: true });
      await cp(from, to).catch(() => undefined);
    }
  }

  #files(name) {
    const database = ['', '-wal', '-shm'].map((end) => [this.database + end, join(this.folder, name + end)]);
    return [...database, [join(this.folder, 'data', 'sync-head.json'), join(this.folder, `${name}-head.json`)]];
  }

  /** Runs a command of the program on the same data. */
  run(...words) {
    return promisify(execFile)(PROGRAM, [...words, '--database', `sqlite://${this.database}`, '--data', join(this.folder, 'data')], { cwd: ROOT });
  }

  /** What an operator does after a restore: says that it was one, which begins a new epoch. */
  newEpoch() {
    return this.run('sync', 'confirm-restore');
  }

  /** Rows of a query, as objects. Reads only, beside the running program. */
  rows(sql, ...values) {
    const script = 'import json,sqlite3,sys\nc=sqlite3.connect(f"file:{sys.argv[1]}?mode=ro",uri=True,timeout=10)\nc.row_factory=sqlite3.Row\n' +
      'print(json.dumps([{k:(r[k].hex() if isinstance(r[k],bytes) else r[k]) for k in r.keys()} for r in c.execute(sys.argv[2],json.loads(sys.argv[3]))]))';
    return JSON.parse(execFileSync('python3', ['-c', script, this.database, sql, JSON.stringify(values)], { maxBuffer: 64 * 1024 * 1024 }).toString());
  }
}
