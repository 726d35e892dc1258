//! A device in a real browser, without the app's pages: the core itself, opened in a page of the service, and what it keeps.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { ROOT } from '../support.mjs';
import { PASSWORD } from './service.mjs';

const CHROMIUM = process.env.SOUNDINGS_CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The passphrase of every profile in these tests. */
export const PASSPHRASE = 'seven herons crossed slowly';

/** The consultation that is keyed and interviewed for. */
export const CONSULTATION = 'service-harmonisation';

const secret = () => `zq${Math.random().toString(36).slice(2, 12)}x`;

let core;

/** The core as one script, built from the same sources as the app. */
function coreScript() {
  if (!core) {
    execFileSync(join(ROOT, 'scripts/build-client'), ['--core'], { cwd: ROOT, stdio: 'inherit' });
    core = readFileSync(join(ROOT, 'target/client/core.js'), 'utf8');
  }
  return core;
}

/** A laptop: a browser with a profile folder of its own, which outlives the browser. */
export class Laptop {
  /** Everything that was finalised on it in this case: the ids. */
  finalised = [];
  /** A word in every answer typed on it in this case, to be looked for on the disk; and those of the cases before. */
  secrets = [secret()];
  #signedIn = false;

  /** A laptop whose browser is started with these flags beside the usual ones, and with other options of Playwright's; its profile is on `disk`. */
  static async start({ flags = [], disk = tmpdir(), ...options } = {}) {
    const laptop = new Laptop();
    laptop.folder = mkdtempSync(join(disk, 'soundings-laptop-'));
    Object.assign(laptop, { flags, options });
    await laptop.switchOn();
    return laptop;
  }

  get secret() {
    return this.secrets.at(-1);
  }

  /** Another case on the same laptop: new words, and a list of its own of what was finalised. */
  beginCase() {
    this.finalised = [];
    this.secrets.push(secret());
  }

  /** No tab stays open, and the next case's device is no device's successor. */
  async endCase() {
    for (const page of this.context.pages()) if (page.url() !== 'about:blank') await page.close();
    await this.context.clearCookies({ name: 'soundings_device' });
  }

  /** Another laptop made from an image of this one, which must be switched off. */
  async copied() {
    const copy = new Laptop();
    copy.folder = mkdtempSync(join(tmpdir(), 'soundings-laptop-'));
    cpSync(this.folder, copy.folder, { recursive: true, filter: (name) => !/Singleton/.test(name) });
    Object.assign(copy, { flags: this.flags, options: this.options, secrets: [...this.secrets] });
    await copy.switchOn();
    return copy;
  }

  /** Unlocks the only profile in a tab. */
  unlock(page) {
    return page.evaluate((passphrase) => device.status().then(({ profiles }) => device.unlock(profiles[0].id, passphrase)), PASSPHRASE);
  }

  async switchOn() {
    this.#signedIn = false;
    this.context = await chromium.launchPersistentContext(this.folder, { executablePath: CHROMIUM, args: [...ARGUMENTS, ...this.flags], locale: 'en-GB', ...this.options });
    this.context.setDefaultTimeout(60_000);
  }

  /** Every process of this browser and of no other dies at once. */
  async crash() {
    const ended = new Promise((done) => this.context.once('close', done));
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        if (readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`--user-data-dir=${this.folder}`)) process.kill(Number(name), 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
    await ended;
  }

  async close() {
    await this.context.close().catch(() => undefined);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** Opens a tab with the device in it. The page is one of the service's that runs nothing of its own. */
  async tab(origin, settings = {}) {
    const page = await this.context.newPage();
    await page.goto(`${origin}/healthz`);
    await this.load(page, settings);
    return page;
  }

  async load(page, settings = {}) {
    await page.evaluate(`${coreScript()};globalThis.Core = Core;0`);
    await page.evaluate(async (settings) => {
      globalThis.device = await Core.openDevice({ alive: false, timeout_ms: 30_000, ...settings });
    }, settings);
  }

  /** Signs in at the desk in this browser, once. The first to do so for a service chooses the password. */
  async signIn(service, origin) {
    if (this.#signedIn) return;
    this.#signedIn = true;
    const page = await this.context.newPage();
    if (!service.hasPassword) {
      await page.goto(service.desk.replace(/^https?:\/\/[^/]+/, origin));
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByLabel('The same password again').fill(PASSWORD);
      await page.locator('main').getByRole('button', { name: 'Save password' }).click();
      service.hasPassword = true;
    } else {
      await page.goto(`${origin}/staff/sign-in`);
    }
    await page.getByLabel('E-mail address').fill('demo@example.org');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.locator('main').getByRole('button', { name: 'Sign in' }).click();
    await page.locator('nav.app-desk').waitFor();
    await page.close();
  }

  /** From nothing to a device that is enrolled, with a profile that is unlocked and the forms on it. */
  async enrolled(service, origin, settings = {}) {
    await this.signIn(service, origin);
    const page = await this.tab(origin, settings);
    await page.evaluate(
      async ({ passphrase }) => {
        await device.enrol('Library laptop', 'Leigh library');
        await device.createProfile(passphrase);
        await device.refresh();
      },
      { passphrase: PASSPHRASE },
    );
    const status = await page.evaluate(() => device.status());
    assert.ok(status.device && status.profile, 'the device is enrolled and unlocked');
    return page;
  }

  /** Interviews so many people: begins, types, finalises. Returns the ids of what was kept. */
  async interview(page, count, more = {}) {
    const made = await page.evaluate(
      async ({ count, words, consultation, more }) => {
        const [found] = (await device.consultations()).filter((one) => one.code === consultation);
        const link = found.bundles.find((one) => one.current);
        const bundle = await device.bundle(link.digest);
        const made = [];
        for (let number = 0; number < count; number += 1) {
          const open = await device.begin({ mode: 'interview', consultation, bundle: link.digest, edition: 'standard', channel: 'face_to_face' });
          open.change({ entry: answers(bundle.definition, `${words} ${number}`) });
          made.push({ ...(await open.finalise()), at: Date.now() });
        }
        return made;

        /** The first choice of each question, and words where words are taken. */
        function answers(form, words) {
          const values = {};
          const entry = { values, marks: {}, note: '' };
          for (const field of Core.fields(form)) {
            if (!field.editions.includes('standard')) continue;
            const codes = Core.codesOfEntry(form, 'standard', entry);
            if (!Core.asked(form, field, 'standard', codes)) continue;
            if (field.takes.what === 'one') {
              const choice = field.takes.choices.find((one) => Core.offered(one.text).includes('standard'));
              if (choice) values[field.key] = [choice.code];
            } else if (field.takes.what === 'text' && field.part === 'answer') values[field.key] = [words];
          }
          return { ...entry, ...(more.values ? { values: { ...values, ...more.values } } : {}) };
        }
      },
      { count, words: this.secret, consultation: CONSULTATION, more },
    );
    this.finalised.push(...made.map((one) => one.revision_id));
    return made;
  }

  /** Sends until nothing waits, pressing the button as often as a person would. */
  async drain(page, tries = 40) {
    for (let turn = 0; turn < tries; turn += 1) {
      await page.evaluate(() => device.sendNow());
      const { counts, sending } = await page.evaluate(() => device.status());
      if (counts.pending === 0) return;
      const asked = sending.until && Date.parse(sending.until) - Date.now();
      if (asked > 0) await page.waitForTimeout(Math.min(asked + 20, 5_000));
    }
    const status = await page.evaluate(() => device.status());
    assert.fail(`the queue did not drain: ${JSON.stringify(status.counts)} ${JSON.stringify(status.sending)} ${JSON.stringify(status.notices)}`);
  }

  /** How to ask how many bytes a tab has in memory that it still needs. */
  async memory(page) {
    const session = await this.context.newCDPSession(page);
    return async () => {
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = await session.send('Runtime.getHeapUsage');
      return usedSize + embedderHeapUsedSize + backingStorageSize;
    };
  }

  status(page) {
    return page.evaluate(() => device.status());
  }

  /** Every row of one of the device's stores, read beside the core. */
  rows(page, store) {
    return page.evaluate(
      (store) =>
        new Promise((done, failed) => {
          const opening = indexedDB.open('soundings-keying');
          opening.onerror = () => failed(opening.error);
          opening.onsuccess = () => {
            const all = opening.result.transaction(store).objectStore(store).getAll();
            all.onerror = () => failed(all.error);
            all.onsuccess = () => {
              opening.result.close();
              done(all.result);
            };
          };
        }),
      store,
    );
  }

  /** Where anything typed can be read in the files of the profile. Files that the browser deletes meanwhile are passed over. */
  leaks() {
    const found = spawnSync('grep', ['-rsoaF', ...this.secrets.flatMap((words) => ['-e', words]), this.folder], { encoding: 'latin1', maxBuffer: 64 * 1024 * 1024 });
    return [...new Set(found.stdout.split('\n').filter(Boolean))];
  }
}

/**
 * What must hold after every case: everything finalised is on the service or still on the device (I1), there once (I2),
 * with the device's own hash (I3); what is marked received has its line in the service's log (I4).
 */
export async function sound(service, laptop, page) {
  const lines = service.rows('select revision_id, hash, number from sync_lines');
  const [states, revisions, ledger] = [await laptop.rows(page, 'state'), await laptop.rows(page, 'revisions'), await laptop.rows(page, 'ledger')];
  const there = new Map(lines.map((line) => [line.revision_id, line]));
  const bytes = new Set(revisions.map((row) => row.revision_id));
  const plain = (id) => id.replaceAll('-', '');
  for (const id of laptop.finalised) {
    const line = there.get(id) ?? there.get(plain(id));
    assert.ok(line || bytes.has(id), `I1: ${id} is neither on the service nor on the device`);
  }
  const ids = lines.map((line) => `${line.revision_id} ${line.hash}`);
  assert.equal(new Set(ids).size, ids.length, 'I2: nothing is there twice');
  for (const state of states) {
    const line = there.get(state.revision_id) ?? there.get(plain(state.revision_id));
    if (line) assert.equal(line.hash, state.hash, `I3: ${state.revision_id} has the device's hash`);
    if (state.state === 'received') {
      const kept = ledger.find((row) => row.revision_id === state.revision_id);
      assert.ok(kept && line && kept.line.split('|')[2] === String(line.number), `I4: ${state.revision_id} is marked received without its line`);
    }
  }
}
