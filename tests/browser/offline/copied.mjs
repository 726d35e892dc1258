//! A laptop that was copied whole, as an image is put on several: both go by one name, and nothing of either is lost.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { sound } from './bench.mjs';
import { fault, house, linesOf } from './house.mjs';

describe('a laptop that was copied', () => {
  const at = house();

  it(
    '59 both copies key and send: everything is stored once, and the office is alarmed',
    fault(
      at,
      async ({ service, proxy, laptop }) => {
        await laptop.context.close();
        const copy = await laptop.copied();
        try {
          await laptop.switchOn();
          const [page, other] = [await laptop.tab(proxy.origin), await copy.tab(proxy.origin)];
          await Promise.all([laptop.unlock(page), copy.unlock(other)]);
          const [mine] = await laptop.interview(page, 4);
          const [theirs] = await copy.interview(other, 4);
          assert.equal(mine.device_seq, theirs.device_seq, 'they give the same numbers');
          await laptop.drain(page);
          await copy.drain(other);
          assert.equal(linesOf(service, [...laptop.finalised, ...copy.finalised]), 8);
          await sound(service, copy, other);
          await laptop.signIn(service, proxy.origin);
          const office = await laptop.context.newPage();
          await office.goto(`${proxy.origin}/staff/devices`);
          await office.getByText('There are two of it').waitFor();
          await copy.context.close();
          assert.deepEqual(copy.leaks(), []);
          return page;
        } finally {
          await copy.close();
        }
      },
      { own: true },
    ),
  );
});
