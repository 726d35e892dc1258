//! A browser's storage that fills up, is deleted, closed or upgraded under the device; and what can be read on the disk.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';

import { CONSULTATION } from './bench.mjs';
import { fault, house, linesOf } from './house.mjs';

const counts = (page) => page.evaluate(async () => (await device.status()).counts);
const notices = (page) => page.evaluate(async () => Object.fromEntries((await device.status()).notices.map(({ code, detail }) => [code, detail])));

/** How much the browser lets our site keep, set before it keeps anything. */
function quota(bytes) {
  return async ({ laptop, proxy }) => {
    const page = laptop.context.pages()[0] ?? (await laptop.context.newPage());
    await page.goto(`${proxy.origin}/healthz`);
    laptop.cdp = await laptop.context.newCDPSession(page);
    await laptop.cdp.send('Storage.overrideQuotaForOrigin', { origin: proxy.origin, quotaSize: bytes });
  };
}

/**
 * Interviews with ever smaller notes that no compression shrinks, until nothing more fits. All are begun before the storage is nearly full,
 * when nothing new is begun any more. Returns what was kept, and the fault.
 */
function fillUp(laptop, page) {
  return page.evaluate(
    async ({ consultation, words }) => {
      const found = (await device.consultations()).find((one) => one.code === consultation);
      const link = found.bundles.find((one) => one.current);
      const begun = [];
      for (let number = 0; number < 60; number += 1) {
        begun.push(await device.begin({ mode: 'interview', consultation, bundle: link.digest, edition: 'standard', channel: 'face_to_face' }));
      }
      const kept = [];
      let told = null;
      for (let size = 300_000; size >= 1_000; ) {
        const open = begun.pop();
        try {
          open.change({ entry: { values: {}, marks: {}, note: `${words} ${noise(size)}` } });
          kept.push((await open.finalise()).revision_id);
        } catch (fault) {
          told = { name: fault.constructor.name, full: fault.full, message: fault.message, draft: open.draft.entry.note.length >= size };
          await open.discard().catch(() => undefined);
          size /= 4;
        }
      }
      return { kept, told };

      function noise(size) {
        const part = () => Array.from(crypto.getRandomValues(new Uint8Array(1_000)), (byte) => byte.toString(16).padStart(2, '0')).join('');
        return Array.from({ length: Math.ceil(size / 2_000) }, part).join('').slice(0, size);
      }
    },
    { consultation: CONSULTATION, words: laptop.secret },
  );
}

/** A note that no compression shrinks. */
const noise = (size) => randomBytes(size / 2).toString('hex');

describe('a storage that fails', () => {
  const at = house();

  it(
    '20 and 21 full while saving, and then full while booking what was received',
    fault(
      at,
      async ({ service, laptop, page }) => {
        const { kept, told } = await fillUp(laptop, page);
        laptop.finalised.push(...kept);
        assert.ok(kept.length > 3, `${kept.length} fitted in`);
        assert.equal(told.full, true, 'the person is told that there is no room, and the draft is still before them');
        assert.equal(told.draft, true);
        assert.equal((await counts(page)).pending, kept.length, 'what was kept before is whole');
        assert.ok('storage_full' in (await notices(page)));
        await laptop.drain(page);
        assert.equal(linesOf(service, kept), kept.length, 'the queue emptied itself');
        const { received, pending } = await counts(page);
        assert.equal(pending, 0);
        assert.ok(received < kept.length, `${received} of ${kept.length} could be booked: the storage was not full enough to try the other way`);
        laptop.finalised = [];
        const more = await laptop.interview(page, 1);
        assert.equal(more.length, 1, 'there is room again');
      },
      { before: quota(4_000_000), own: true },
    ),
  );

  it(
    'nearly full: nothing new is begun, what was begun is finished, and there is room again once everything is sent',
    fault(
      at,
      async ({ laptop, page }) => {
        await page.evaluate(async (consultation) => {
          const found = (await device.consultations()).find((one) => one.code === consultation);
          const link = found.bundles.find((one) => one.current);
          globalThis.begin = () => device.begin({ mode: 'interview', consultation, bundle: link.digest, edition: 'standard', channel: 'face_to_face' });
          globalThis.begun = await globalThis.begin();
        }, CONSULTATION);
        const write = (note) =>
          page.evaluate(async (note) => {
            try {
              const open = await globalThis.begin();
              open.change({ entry: { values: {}, marks: {}, note } });
              return { kept: (await open.finalise()).revision_id };
            } catch (fault) {
              return { full: fault.full };
            }
          }, note);
        let told = await write(`${laptop.secret} ${noise(200_000)}`);
        for (; told.kept; told = await write(`${laptop.secret} ${noise(200_000)}`)) laptop.finalised.push(told.kept);
        assert.equal(told.full, true);
        const { usage, quota } = await page.evaluate(() => navigator.storage.estimate());
        assert.ok(usage >= quota * 0.8 && usage < quota, `stopped at ${usage} of ${quota}`);
        const said = await notices(page);
        assert.ok(Number(said.nearly_full) >= 80 && !('storage_full' in said), JSON.stringify(said));
        laptop.finalised.push(
          await page.evaluate(async (note) => {
            globalThis.begun.change({ entry: { values: {}, marks: {}, note } });
            return (await globalThis.begun.finalise()).revision_id;
          }, laptop.secret),
        );
        await laptop.drain(page);
        assert.ok(!('nearly_full' in (await notices(page))), 'it says so no more');
        assert.equal((await laptop.interview(page, 1)).length, 1, 'and something new is begun');
      },
      // Without this flag Chromium says of every site that it has 10 GiB left.
      { before: quota(5_000_000), own: { flags: ['--disable-features=StaticStorageQuota'] } },
    ),
  );

  it(
    '23 deleted by the browser: found out, told, and enrolled anew under another id',
    fault(
      at,
      async ({ proxy, laptop, page }) => {
        await laptop.interview(page, 3);
        const before = (await laptop.status(page)).device.device_id;
        await page.goto('about:blank');
        const session = await laptop.context.newCDPSession(page);
        await session.send('Storage.clearDataForOrigin', { origin: proxy.origin, storageTypes: 'indexeddb' });
        await page.goto(`${proxy.origin}/healthz`);
        await laptop.load(page);
        assert.equal((await notices(page)).evicted, '3', 'how many were waiting is told');
        assert.equal((await laptop.status(page)).device, null);
        await page.evaluate(() => device.enrol('Library laptop', 'Leigh library'));
        assert.notEqual((await laptop.status(page)).device.device_id, before);
        laptop.finalised = [];
      },
      { ends: false },
    ),
  );

  it(
    '27 and 28 a newer version upgrades it: the old tab keeps what is typed and lets go; old code then reads nothing and deletes nothing',
    fault(
      at,
      async ({ proxy, laptop, page }) => {
        await laptop.interview(page, 2);
        await page.evaluate(async (consultation) => {
          const found = (await device.consultations()).find((one) => one.code === consultation);
          const link = found.bundles.find((one) => one.current);
          const open = await device.begin({ mode: 'interview', consultation, bundle: link.digest, edition: 'standard', channel: 'face_to_face' });
          open.change({ page: 'typed a moment ago' });
        }, CONSULTATION);
        const newer = await laptop.context.newPage();
        await newer.goto(`${proxy.origin}/healthz`);
        const upgraded = await newer.evaluate(
          () =>
            new Promise((done, failed) => {
              const opening = indexedDB.open('soundings-keying', 2);
              opening.onupgradeneeded = () => opening.result.createObjectStore('newer');
              opening.onerror = () => failed(opening.error);
              opening.onsuccess = () => {
                const stores = [...opening.result.objectStoreNames];
                const all = opening.result.transaction('drafts').objectStore('drafts').count();
                all.onsuccess = () => done({ stores: stores.length, drafts: all.result });
                opening.result.onversionchange = () => opening.result.close();
              };
            }),
        );
        assert.equal(upgraded.drafts, 1, 'what was typed was kept before the storage was let go');
        assert.ok('reload' in (await notices(page)));
        const old = await laptop.tab(proxy.origin);
        assert.equal((await laptop.status(old)).storage, 'newer');
        assert.ok('newer_data' in (await notices(old)));
        assert.equal((await laptop.rows(newer, 'revisions')).length, 2, 'nothing was deleted');
      },
      { ends: false },
    ),
  );

  it(
    '49 closed by the browser: opened again once, and nothing is lost',
    fault(at, async ({ laptop, page }) => {
      await laptop.interview(page, 1);
      await page.evaluate(() => device.core.storage.close());
      await laptop.interview(page, 1);
      assert.equal((await counts(page)).pending, 2);
    }),
  );

  it(
    '40 what is typed and what is finalised cannot be read on the disk, not even by the person who typed it once the time is over',
    fault(
      at,
      async ({ laptop, page }) => {
        const [first] = await laptop.interview(page, 1);
        const again = await page.evaluate(async (id) => {
          const open = await device.edit(id);
          const words = JSON.stringify(open.draft.entry);
          await open.discard();
          return words;
        }, first.revision_id);
        assert.ok(again.includes(laptop.secret), 'within its time it can be opened again');
        await page.evaluate(
          async ({ consultation, words }) => {
            const found = (await device.consultations()).find((one) => one.code === consultation);
            const link = found.bundles.find((one) => one.current);
            const open = await device.begin({ mode: 'interview', consultation, bundle: link.digest, edition: 'standard', channel: 'face_to_face' });
            open.change({ entry: { values: {}, marks: {}, note: words } });
            await open.close();
          },
          { consultation: CONSULTATION, words: laptop.secret },
        );
        await page.waitForTimeout(4_000);
        assert.equal(await page.evaluate((id) => device.edit(id), first.revision_id), null, 'after its time it cannot');
        const status = await page.evaluate(async () => {
          await device.lock();
          return device.status();
        });
        assert.equal(status.profile, null);
        const locked = await page.evaluate(() => device.drafts().then(() => null, (fault) => fault.message));
        assert.equal(locked, 'the device is locked');
        await laptop.unlock(page);
        const [draft] = await page.evaluate(() => device.drafts());
        assert.equal(draft.entry.note, laptop.secret);
      },
      { settings: { undo_ms: 3_500 } },
    ),
  );
});
