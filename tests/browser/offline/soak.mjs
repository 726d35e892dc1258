//! Two thousand items through faults at random, with the service killed three times on the way.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { fault, house, linesOf } from './house.mjs';

/** A fixed seed unless one is named, printed either way, so that a run can be had again. */
const SEED = Number(process.env.SOUNDINGS_SEED ?? 20_261_121);
const ITEMS = 2_000;

describe('a long bad day', () => {
  const at = house();

  it(
    `30 ${ITEMS} items, faults at random (seed ${SEED}), three kills`,
    fault(at, async ({ service, proxy, laptop, page }) => {
      let state = SEED;
      const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
      const faults = ['drop_request', 'drop_response', 'truncate_response', 'duplicate', 'portal', 'corrupt', { status: 502 }, { status: 500, code: 'broke' }, { delay: 300 }];
      proxy.always(() => (random() < 0.4 ? faults[Math.floor(random() * faults.length)] : 'pass'));
      const ids = [];
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
    }),
  );
});
