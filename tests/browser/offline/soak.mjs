//! Many items through faults at random, with the service killed three times on the way: a few hundred in the suite, and as many as
//! `SOUNDINGS_SOAK` says by hand.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { CONSULTATION } from './bench.mjs';
import { fault, house, linesOf } from './house.mjs';
import { PUSH } from './proxy.mjs';

/** A fixed seed unless one is named, printed either way, so that a run can be had again. */
const SEED = Number(process.env.SOUNDINGS_SEED ?? 20_261_121);
const ITEMS = Number(process.env.SOUNDINGS_SOAK ?? 300);

describe('a long bad day', () => {
  const at = house();

  it(
    `30 ${ITEMS} items, faults at random (seed ${SEED}), three kills`,
    fault(at, async ({ service, proxy, laptop, page, test }) => {
      let state = SEED;
      const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
      const faults = ['drop_request', 'drop_response', 'truncate_response', 'duplicate', 'portal', 'corrupt', { status: 502 }, { status: 500, code: 'broke' }, { delay: 300 }];
      proxy.always(() => (random() < 0.4 ? faults[Math.floor(random() * faults.length)] : 'pass'));
      const ids = [];
      const began = { at: performance.now(), calls: proxy.seen.length };
      for (let part = 0; part < 10; part += 1) {
        ids.push(...(await laptop.interview(page, ITEMS / 10)).map((one) => one.revision_id));
        const sending = page.evaluate(() => device.sendNow());
        if ([2, 5, 8].includes(part)) {
          await service.kill();
          await service.begin();
        }
        await sending;
      }
      proxy.calm();
      await laptop.drain(page, 120);
      assert.equal(linesOf(service, ids), ITEMS);
      const { received, attention } = (await laptop.status(page)).counts;
      assert.deepEqual([received, attention], [ITEMS, 0]);
      const pushes = proxy.seen.slice(began.calls).filter((one) => PUSH.test(one.url));
      const failed = pushes.filter((one) => one.action !== 'pass').length;
      assert.ok(failed > 0, 'faults took place');
      test.diagnostic(`${ITEMS} items in ${Math.round((performance.now() - began.at) / 1000)} s: ${pushes.length} pushes, ${failed} of them failed`);
    }),
  );

  it(
    '60 a queue far larger than what a tab may hold in memory: it is read batch by batch',
    fault(at, async ({ proxy, laptop, page, test }) => {
      laptop.finalised = await page.evaluate(
        async ({ consultation, words }) => {
          const found = (await device.consultations()).find((one) => one.code === consultation);
          const link = found.bundles.find((one) => one.current);
          const noise = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(30_000))));
          const kept = [];
          for (let number = 0; number < 120; number += 1) {
            const open = await device.begin({ mode: 'interview', consultation, bundle: link.digest, edition: 'standard', channel: 'face_to_face' });
            open.change({ entry: { values: {}, marks: {}, note: `${words} ${noise()} ${noise()} ${noise()}` } });
            kept.push((await open.finalise()).revision_id);
          }
          return kept;
        },
        { consultation: CONSULTATION, words: laptop.secret },
      );
      const memory = await laptop.memory(page);
      const before = await memory();
      let most = 0;
      let bytes = 0;
      proxy.always(async (_question, body) => {
        bytes += body.length;
        most = Math.max(most, (await memory()) - before);
      });
      await laptop.drain(page);
      test.diagnostic(`${Math.round(bytes / 1024)} KiB were sent, and the tab never held more than ${Math.round(most / 1024)} KiB above what it began with`);
      assert.ok(bytes > 8 * 1024 * 1024 && most > 0, `${bytes} bytes were sent`);
      assert.ok(most < 3 * 1024 * 1024, `${most} bytes in memory`);
    }),
  );
});
