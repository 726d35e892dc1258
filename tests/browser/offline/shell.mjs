//! The app's own page from the device: without a network, through a new version, and through one that is not whole.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { CONSULTATION } from './bench.mjs';
import { fault, house } from './house.mjs';

const WORKER = /^\/keying\/sw\.js/;

/** Opens the app itself and waits until its worker has kept it. */
async function installed(laptop, origin) {
  const page = await laptop.context.newPage();
  await page.goto(`${origin}/keying/`);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.goto(`${origin}/keying/`);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  return page;
}

const appeared = (page) => page.locator('#app h1').waitFor();

describe('the app without a network', () => {
  const at = house();

  it(
    '19 the service is dead: the app starts from the device, keeps twenty interviews, and sends them later',
    fault(at, async ({ service, proxy, laptop, page }) => {
      const app = await installed(laptop, proxy.origin);
      await app.close();
      await service.kill();
      const again = await laptop.context.newPage();
      await again.goto(`${proxy.origin}/keying/`);
      await appeared(again);
      await laptop.interview(page, 20);
      await page.evaluate(() => device.sendNow());
      assert.equal((await laptop.status(page)).counts.pending, 20);
      await again.close();
      await service.begin();
    }),
  );

  it(
    '29 the browser is offline: every address of the app shows the app, and nothing else is made up',
    fault(
      at,
      async ({ proxy, laptop }) => {
        const app = await installed(laptop, proxy.origin);
        await laptop.context.setOffline(true);
        await app.goto(`${proxy.origin}/keying/somewhere/deep`);
        await appeared(app);
        const answer = await app.evaluate(() => fetch('/api/v1/sync/info').then(() => 'answered', () => 'failed'));
        assert.equal(answer, 'failed');
        await laptop.context.setOffline(false);
      },
      { own: true },
    ),
  );

  it(
    '35 a new version waits while something is being typed, and takes over when it is asked to',
    fault(at, async ({ proxy, laptop, page }) => {
      const app = await installed(laptop, proxy.origin);
      await page.evaluate(async (consultation) => {
        const found = (await device.consultations()).find((one) => one.code === consultation);
        const link = found.bundles.find((one) => one.current);
        globalThis.open = await device.begin({ mode: 'interview', consultation, bundle: link.digest, edition: 'standard', channel: 'face_to_face' });
        globalThis.open.change({ page: 'typing' });
      }, CONSULTATION);
      proxy.always({ rewrite: (text) => text.replace(/"version":"/, '"version":"new') }, WORKER);
      await app.evaluate(async () => (await navigator.serviceWorker.getRegistration('/keying/')).update());
      await app.waitForFunction(async () => (await navigator.serviceWorker.getRegistration('/keying/')).waiting !== null);
      await laptop.load(app, { alive: true });
      await app.evaluate(() => (globalThis.notReloaded = true));
      await app.waitForFunction(async () => (await device.status()).update_waiting);
      assert.equal(await app.evaluate(() => device.update()), false, 'not while something is typed in another tab');
      assert.equal(await app.evaluate(() => globalThis.notReloaded), true);
      await page.evaluate(() => globalThis.open.close());
      const reloaded = app.waitForEvent('load');
      await app.evaluate(() => void device.update());
      await reloaded;
      const names = await app.evaluate(() => caches.keys());
      assert.deepEqual(names.filter((name) => name.includes('-shell-')).map((name) => name.includes('-new')), [true], 'the old version’s files are gone');
    }, { settings: { save_ms: 3_600_000 } }),
  );

  it(
    '36 a new version of which one file is missing is not taken at all',
    fault(at, async ({ proxy, laptop }) => {
      const app = await installed(laptop, proxy.origin);
      const before = await app.evaluate(() => caches.keys());
      proxy.always({ rewrite: (text) => text.replace(/"version":"/, '"version":"half').replace(/soundings\.css/, 'missing.css') }, WORKER);
      const state = await app.evaluate(async () => {
        const registration = await navigator.serviceWorker.getRegistration('/keying/');
        const found = new Promise((done) => registration.addEventListener('updatefound', () => done(registration.installing)));
        await registration.update().catch(() => undefined);
        const worker = await found;
        while (worker.state === 'installing') await new Promise((done) => worker.addEventListener('statechange', done, { once: true }));
        return worker.state;
      });
      assert.equal(state, 'redundant');
      // The app may have asked for the new version too, and is then in the middle of the same failure.
      await app.waitForFunction(async (before) => JSON.stringify(await caches.keys()) === before, JSON.stringify(before));
      proxy.down = true;
      await app.goto(`${proxy.origin}/keying/`);
      await appeared(app);
    }),
  );

  it(
    'an app that is switched off takes its files away and leaves what was keyed',
    fault(at, async ({ proxy, laptop, page }) => {
      await laptop.interview(page, 1);
      const app = await installed(laptop, proxy.origin);
      proxy.always({ rewrite: (text) => text.replace(/const SHELL = .*;\n/, 'const SHELL = {"version":"","files":[]};\n') }, WORKER);
      await app.evaluate(async () => (await navigator.serviceWorker.getRegistration('/keying/')).update());
      await app.waitForFunction(async () => (await navigator.serviceWorker.getRegistration('/keying/')) === undefined || !(await caches.keys()).some((name) => name.includes('-shell-')));
      const { pending, received } = (await laptop.status(page)).counts;
      assert.equal(pending + received, 1);
    }),
  );

  for (const [what, block] of [
    ['that refuses', () => (IDBFactory.prototype.open = () => { throw new DOMException('The user denied permission to access the database.', 'SecurityError'); })],
    ['that it has not', () => Object.defineProperty(globalThis, 'indexedDB', { value: undefined })],
    ['that opens and keeps nothing', () => (IDBObjectStore.prototype.put = () => { throw new DOMException('A mutation operation was attempted on a database that did not allow mutations.', 'InvalidStateError'); })],
  ]) {
    it(
      `a browser with a storage ${what}: the app says so, and leads to the keying pages of the desk`,
      fault(at, async ({ proxy, laptop }) => {
        const app = await laptop.context.newPage();
        await app.addInitScript(block);
        await app.goto(`${proxy.origin}/keying/`);
        await app.getByRole('heading', { name: 'Key online, at the desk' }).waitFor();
        await app.getByRole('heading', { name: 'This browser keeps nothing' }).waitFor();
        await app.getByRole('link', { name: `Key paper for ${CONSULTATION}` }).click();
        await app.getByRole('heading', { level: 1, name: 'Paper batches' }).waitFor();
        assert.equal(new URL(app.url()).pathname, `/staff/${CONSULTATION}/batches`);
      }),
    );
  }
});
