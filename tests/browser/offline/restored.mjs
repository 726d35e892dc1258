//! A service that goes back in time: a restored database is found out, and nothing of what it lost stays lost.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { fault, house, linesOf } from './house.mjs';
import { Laptop } from './bench.mjs';

const counts = (page) => page.evaluate(async () => (await device.status()).counts);
const notices = (page) => page.evaluate(async () => Object.fromEntries((await device.status()).notices.map(({ code, detail }) => [code, detail])));

/** The service as it was, with what the operator does about it. */
async function goBack(service, name, confirm) {
  await service.stop();
  await service.putBack(name);
  await confirm?.();
  await service.begin();
}

describe('a service that was restored', () => {
  const at = house();

  it(
    '18 without anybody turning the epoch, while another device has written on: the anchor finds it out',
    fault(at, async ({ service, proxy, laptop, page }) => {
      const early = (await laptop.interview(page, 10)).map((one) => one.revision_id);
      await laptop.drain(page);
      await service.stop();
      await service.keep('before');
      await service.begin();
      const late = (await laptop.interview(page, 15)).map((one) => one.revision_id);
      await laptop.drain(page);
      assert.equal((await counts(page)).received, 25);
      await service.stop();
      // What lies beside the database goes back with it: a whole machine was rolled back, and the service cannot know.
      await service.putBack('before', { whole: true });
      await service.begin();
      assert.equal(linesOf(service, [...early, ...late]), 10, 'the service has lost the late ones');
      const other = await Laptop.start();
      try {
        const otherPage = await other.enrolled(service, proxy.origin);
        await other.interview(otherPage, 30);
        await other.drain(otherPage);
      } finally {
        await other.close();
      }
      await laptop.interview(page, 1);
      await laptop.drain(page);
      assert.equal(linesOf(service, [...early, ...late]), 25, 'everything is there again');
      assert.equal((await notices(page)).server_restored, '15', 'and a person is told');
    }),
  );

  it(
    '16 with a new epoch: what is missing is sent again, and what is gone from the device too is listed for the office',
    fault(at, async ({ service, laptop, page }) => {
      const early = (await laptop.interview(page, 4)).map((one) => one.revision_id);
      await laptop.drain(page);
      await service.stop();
      await service.keep('before');
      await service.begin();
      const late = (await laptop.interview(page, 6)).map((one) => one.revision_id);
      await laptop.drain(page);
      const gone = late[0];
      await page.evaluate(
        (id) =>
          new Promise((done) => {
            const opening = indexedDB.open('soundings-keying');
            opening.onsuccess = () => {
              const tx = opening.result.transaction(['revisions', 'state'], 'readwrite');
              tx.objectStore('revisions').delete(id);
              tx.objectStore('state').delete(id);
              tx.oncomplete = () => done(opening.result.close());
            };
          }),
        gone,
      );
      laptop.finalised = laptop.finalised.filter((id) => id !== gone);
      await goBack(service, 'before', () => service.newEpoch());
      await laptop.interview(page, 1);
      await laptop.drain(page);
      assert.equal(linesOf(service, [...early, ...late]), 9, 'all but the one that nobody has any more');
      const told = await notices(page);
      assert.equal(told.server_restored, '5');
      assert.match(told.rekey, new RegExp(gone));
    }),
  );
});
