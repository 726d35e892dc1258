//! A network and a service that fail: what was finalised arrives once, and "received" is said of nothing else.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { fault, house, linesOf } from './house.mjs';
import { PUSH } from './proxy.mjs';

const send = (page) => page.evaluate(() => device.sendNow());
const counts = (page) => page.evaluate(async () => (await device.status()).counts);
const sending = (page) => page.evaluate(async () => (await device.status()).sending);
const notices = (page) => page.evaluate(async () => (await device.status()).notices.map((notice) => notice.code));

describe('a network that fails', () => {
  const at = house();

  // As long as the fault lasts: a browser tries a request again by itself whose connection breaks under it.
  for (const [number, what, action] of [
    ['01', 'answers that are lost after the service has committed, again and again', 'drop_response'],
    ['02', 'requests that are lost', 'drop_request'],
    ['03', 'answers that are cut in the middle', 'truncate_response'],
    ['06', 'a body that is damaged on its way', 'corrupt'],
  ]) {
    it(
      `${number} ${what}`,
      fault(at, async ({ service, proxy, laptop, page }) => {
        const ids = (await laptop.interview(page, 5)).map((one) => one.revision_id);
        const before = proxy.seen.length;
        proxy.always(action);
        for (let turn = 0; turn < 3; turn += 1) await send(page);
        const { received, pending, attention } = await counts(page);
        assert.deepEqual([received, pending, attention], [0, 5, 0], 'nothing is marked received before it is proven');
        assert.ok(proxy.seen.slice(before).filter((one) => one.action === action).length >= 3, 'the faults took place');
        proxy.calm();
        await laptop.drain(page);
        assert.equal(linesOf(service, ids), 5);
        assert.equal((await counts(page)).received, 5);
      }),
    );
  }

  it(
    '04 every request delivered twice',
    fault(at, async ({ service, proxy, laptop, page }) => {
      proxy.always('duplicate');
      const ids = (await laptop.interview(page, 30)).map((one) => one.revision_id);
      await laptop.drain(page);
      assert.equal(linesOf(service, ids), 30);
    }),
  );

  it(
    "05 a portal's page with status 200, and a proxy's 502",
    fault(at, async ({ proxy, laptop, page }) => {
      await laptop.interview(page, 4);
      for (const action of ['portal', { status: 502 }]) {
        proxy.next([action]);
        await send(page);
        assert.equal((await counts(page)).pending, 4, 'a page of somebody else is no success');
        assert.equal((await sending(page)).reached, false);
      }
    }),
  );

  it(
    '14 a credential that is gone in the middle of the queue, until somebody signs in and enrols again',
    fault(at, async ({ proxy, laptop, page }) => {
      await laptop.interview(page, 6);
      const before = (await laptop.status(page)).device.device_id;
      await laptop.context.clearCookies({ name: 'soundings_device' });
      await send(page);
      const stopped = await sending(page);
      assert.deepEqual([stopped.state, stopped.needs], ['stopped', 'sign_in']);
      assert.equal((await counts(page)).pending, 6, 'everything is kept');
      const tries = proxy.seen.length;
      await send(page);
      assert.equal(proxy.seen.length, tries, 'nothing is sent until somebody has signed in');
      await page.evaluate(() => device.enrol('Library laptop', 'Leigh library'));
      assert.equal((await laptop.status(page)).device.device_id, before, 'it is the same device');
      assert.equal((await counts(page)).pending, 0, 'the queue went on by itself');
    }),
  );

  it(
    '15 429 with a time to wait, and then two 500s',
    fault(at, async ({ proxy, laptop, page }) => {
      await laptop.interview(page, 5);
      proxy.next([{ status: 429, retry_after: 2, code: 'busy' }, { status: 500, code: 'broke' }, { status: 500, code: 'broke' }]);
      const began = proxy.seen.length;
      await send(page);
      await send(page);
      await laptop.drain(page);
      const [first, second] = proxy.seen.slice(began).filter((one) => PUSH.test(one.url));
      assert.ok(second.at - first.at >= 2_000, `it waited ${second.at - first.at} ms where 2 s were asked for`);
      assert.deepEqual((await counts(page)).attention, 0, 'no item is blamed for what was the service’s own');
    }),
  );

  it(
    '44 an item that breaks the service: it alone waits for a person, and the rest goes on',
    fault(at, async ({ service, proxy, laptop, page }) => {
      const ids = (await laptop.interview(page, 20)).map((one) => one.revision_id);
      const poison = ids[13];
      proxy.always((_question, body) => (gunzipSync(body).includes(poison) ? { status: 500, code: 'broke' } : 'pass'));
      await laptop.drain(page, 60);
      const kept = await page.evaluate(() => device.kept({ state: 'attention' }));
      assert.deepEqual(kept.map((one) => [one.revision_id, one.reason]), [[poison, 'status_500']]);
      assert.equal(linesOf(service, ids), 19);
      proxy.calm();
      await page.evaluate((id) => device.retry(id), poison);
      assert.equal(linesOf(service, ids), 20);
    }),
  );

  it(
    '44 a service that takes nothing at all: no item is blamed',
    fault(at, async ({ proxy, laptop, page }) => {
      await laptop.interview(page, 8);
      proxy.always({ status: 500, code: 'broke' });
      for (let turn = 0; turn < 15; turn += 1) await send(page);
      const { attention, pending } = await counts(page);
      assert.deepEqual([attention, pending], [0, 8]);
    }),
  );

  it(
    '45 an answer without a word about one item',
    fault(at, async ({ proxy, laptop, page }) => {
      const [, second] = await laptop.interview(page, 3);
      const without = (answer) => ({ ...answer, results: answer.results.filter((one) => one.revision_id !== second.revision_id) });
      proxy.next([{ mutate: without }]);
      await send(page);
      const pending = await page.evaluate(() => device.kept({ state: 'pending' }));
      assert.deepEqual(pending.map((one) => one.revision_id), [second.revision_id]);
    }),
  );

  const flipped = (text) => (text[10] === 'A' ? 'B' : 'A');
  for (const [what, forge] of [
    ['a signature that is not of these lines', (receipt) => ({ ...receipt, sig: receipt.sig.slice(0, 10) + flipped(receipt.sig) + receipt.sig.slice(11) })],
    ['another line under the signature', (receipt) => ({ ...receipt, lines: receipt.lines.map((line) => line.replace('|stored|', '|held|')) })],
    ['no receipt at all', () => null],
  ]) {
    it(
      `46 ${what}: nothing is marked received, and a person is told`,
      fault(at, async ({ proxy, laptop, page }) => {
        await laptop.interview(page, 2);
        proxy.next([{ mutate: (answer) => ({ ...answer, receipt: forge(answer.receipt) }) }]);
        await send(page);
        assert.deepEqual((await counts(page)).received, 0);
        assert.ok((await notices(page)).includes('forged_receipt'));
      }),
    );
  }

  it(
    '46 a key that the device does not know',
    fault(at, async ({ proxy, laptop, page }) => {
      await laptop.interview(page, 2);
      proxy.next([{ mutate: (answer) => ({ ...answer, receipt: { ...answer.receipt, kid: 'another' } }) }]);
      await send(page);
      assert.equal((await counts(page)).received, 0);
    }),
  );

  it(
    '43 an item whose bytes are gone from the disk is put before a person and not passed over in silence',
    fault(
      at,
      async ({ laptop, page }) => {
        const [first] = await laptop.interview(page, 2);
        await page.evaluate(
          (id) =>
            new Promise((done) => {
              const opening = indexedDB.open('soundings-keying');
              opening.onsuccess = () => {
                const tx = opening.result.transaction('revisions', 'readwrite');
                tx.objectStore('revisions').delete(id);
                tx.oncomplete = () => done(opening.result.close());
              };
            }),
          first.revision_id,
        );
        await send(page);
        const kept = await page.evaluate(() => device.kept({ state: 'attention' }));
        assert.deepEqual(kept.map((one) => [one.revision_id, one.reason]), [[first.revision_id, 'missing_bytes']]);
        assert.equal((await counts(page)).received, 1);
      },
      { ends: false },
    ),
  );

  it(
    '37 a credential that is gone while news is asked for: forms and drafts stay',
    fault(at, async ({ laptop, page }) => {
      await page.evaluate(async () => {
        const [one] = await device.consultations();
        const link = one.bundles.find((bundle) => bundle.current);
        const open = await device.begin({ mode: 'interview', consultation: one.code, bundle: link.digest, edition: 'standard', channel: 'face_to_face' });
        open.change({ page: 'about-you' });
        await open.close();
      });
      await laptop.context.clearCookies({ name: 'soundings_device' });
      const refused = await page.evaluate(() => device.refresh().then(() => null, (fault) => fault.constructor.name && fault.status));
      assert.equal(refused, 401);
      assert.equal((await page.evaluate(() => device.drafts())).length, 1);
      assert.ok((await laptop.rows(page, 'bundles')).length > 0);
      await page.evaluate(() => device.enrol('Library laptop', 'Leigh library'));
    }),
  );

  it(
    '52 a device that the office has shut out: it sends no more, keeps everything, and a rescue file carries it',
    fault(
      at,
      async ({ service, proxy, laptop, page }) => {
        const ids = (await laptop.interview(page, 3)).map((one) => one.revision_id);
        const { device_id } = (await laptop.status(page)).device;
        const shut = await laptop.context.request.post(`${proxy.origin}/staff/devices/${device_id}/revoke`);
        assert.equal(shut.status(), 200);
        await send(page);
        assert.deepEqual([(await sending(page)).needs, (await counts(page)).pending], ['revoked', 3]);
        assert.ok((await notices(page)).includes('revoked'));
        const brought = await page.evaluate(async () => {
          const body = (await (await device.rescueFile()).text()).trim();
          return (await fetch('/api/v1/sync/recovery', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json();
        });
        assert.equal(brought.stored + brought.held, 3, JSON.stringify(brought));
        assert.equal(linesOf(service, ids), 3);
      },
      { ends: false },
    ),
  );
});
