//! Programs that die in the middle: the service, the browser, a tab. And two tabs at once.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { CONSULTATION, PASSPHRASE } from './bench.mjs';
import { fault, house, linesOf } from './house.mjs';

const counts = (page) => page.evaluate(async () => (await device.status()).counts);
const send = (page) => page.evaluate(() => device.sendNow());

/** Waits until something holds, asked again every 50 ms. */
async function until(work, what) {
  for (let turn = 0; turn < 400; turn += 1) {
    if (await work()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail(`waited in vain until ${what}`);
}

describe('a service that dies', () => {
  const at = house();

  it(
    '07 while a push is on its way in',
    fault(at, async ({ service, proxy, laptop, page }) => {
      const ids = (await laptop.interview(page, 12)).map((one) => one.revision_id);
      proxy.next([{ cut_body: () => service.kill() }]);
      await send(page);
      await service.begin();
      assert.equal(linesOf(service, ids), 0);
      await laptop.drain(page);
      assert.equal(linesOf(service, ids), 12);
    }),
  );

  it(
    '09 after it has committed, before anybody hears of it',
    fault(at, async ({ service, proxy, laptop, page }) => {
      const ids = (await laptop.interview(page, 12)).map((one) => one.revision_id);
      proxy.next([{ swallow: () => service.kill() }]);
      await send(page);
      await service.begin();
      assert.equal(linesOf(service, ids), 12, 'it had committed');
      assert.equal((await counts(page)).received, 0);
      await laptop.drain(page);
      assert.equal(linesOf(service, ids), 12, 'nothing is there twice');
    }),
  );
});

describe('browsers and tabs', () => {
  const at = house();

  it(
    '12 every process of the browser dies in the middle of sending',
    fault(
      at,
      async ({ service, proxy, laptop }) => {
        // A browser writes cookies down half a minute late: what dies is one that has been in use for longer.
        await laptop.context.close();
        await laptop.switchOn();
        const page = await laptop.tab(proxy.origin);
        await laptop.unlock(page);
        const ids = (await laptop.interview(page, 250)).map((one) => one.revision_id);
        let crashed;
        proxy.next(['pass', { swallow: () => (crashed = laptop.crash()) }]);
        await send(page).catch(() => undefined);
        await crashed;
        await laptop.switchOn();
        const again = await laptop.tab(proxy.origin);
        const { received, pending } = await counts(again);
        assert.deepEqual([received, pending], [100, 150], 'what was proven is marked, and the rest waits');
        await laptop.drain(again);
        assert.equal(linesOf(service, ids), 250);
        return again;
      },
      { own: true },
    ),
  );

  it(
    '10 two tabs send: the second leaves it to the first',
    fault(at, async ({ proxy, laptop, page }) => {
      const other = await laptop.tab(proxy.origin);
      await laptop.interview(page, 3);
      proxy.next([{ delay: 2_000 }]);
      const first = send(page);
      await until(() => proxy.seen.some((one) => one.action === 'delay'), 'the first tab sends');
      await send(other);
      assert.equal((await laptop.status(other)).sending.state, 'other_tab');
      await first;
      assert.equal((await counts(other)).received, 3, 'the second tab sees what the first has done');
    }),
  );

  it(
    '11 two tabs send at once without locks: the service still has everything once',
    fault(
      at,
      async ({ service, proxy, laptop, page }) => {
        const other = await laptop.tab(proxy.origin, { locks: false });
        const ids = (await laptop.interview(page, 120)).map((one) => one.revision_id);
        await Promise.all([send(page), send(other)]);
        await laptop.drain(page);
        assert.equal(linesOf(service, ids), 120);
      },
      { settings: { locks: false } },
    ),
  );

  it(
    '26 the tab that sends crashes: another takes over',
    fault(at, async ({ proxy, laptop, page }) => {
      await laptop.interview(page, 3);
      proxy.next([{ delay: 60_000 }]);
      void send(page).catch(() => undefined);
      await until(() => proxy.seen.some((one) => one.action === 'delay'), 'the first tab sends');
      const other = await laptop.tab(proxy.origin, { alive: true });
      await until(async () => (await laptop.status(other)).sending.state === 'other_tab', 'the other tab leaves it to the first');
      const session = await laptop.context.newCDPSession(page);
      void session.send('Page.crash').catch(() => undefined);
      await until(async () => (await counts(other)).pending === 0, 'the other tab has sent everything by itself');
      return other;
    }),
  );

  it(
    '41 one draft in two tabs: the second can only read',
    fault(at, async ({ proxy, laptop, page }) => {
      const id = await page.evaluate(async (consultation) => {
        const found = (await device.consultations()).find((one) => one.code === consultation);
        const link = found.bundles.find((one) => one.current);
        globalThis.open = await device.begin({ mode: 'interview', consultation, bundle: link.digest, edition: 'standard', channel: 'face_to_face' });
        globalThis.open.change({ page: 'first' });
        await globalThis.open.keep();
        return globalThis.open.draft.response_id;
      }, CONSULTATION);
      const other = await laptop.tab(proxy.origin);
      const look = () =>
        other.evaluate(
          async ({ id, passphrase }) => {
            const { profiles, profile } = await device.status();
            if (!profile) await device.unlock(profiles[0].id, passphrase);
            const open = await device.open(id);
            const seen = { writable: open.writable, page: open.draft.page };
            await open.close();
            return seen;
          },
          { id, passphrase: PASSPHRASE },
        );
      assert.deepEqual(await look(), { writable: false, page: 'first' });
      await page.evaluate(() => globalThis.open.close());
      assert.deepEqual(await look(), { writable: true, page: 'first' });
    }),
  );
});
