//! A disk that is really full. By hand: `SOUNDINGS_SMALL_DISK` names a folder on a file system of some 80 MB that holds nothing else.

import assert from 'node:assert/strict';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { fault, house, linesOf } from './house.mjs';

const DISK = process.env.SOUNDINGS_SMALL_DISK;

/** Fills the disk but for so many bytes. */
function fill(but) {
  const { bavail, bsize } = statfsSync(DISK);
  writeFileSync(join(DISK, 'full'), Buffer.alloc(Math.max(0, bavail * bsize - but)));
}

describe('a small disk', { skip: DISK ? false : 'SOUNDINGS_SMALL_DISK names no folder' }, () => {
  const at = house();

  it(
    '22 full: a save that fails says so, what was kept before can be read, and it is sent',
    fault(
      at,
      async ({ service, laptop, page, test }) => {
        const before = (await laptop.interview(page, 20)).map((one) => one.revision_id);
        fill(0);
        let told = null;
        const note = 'x'.repeat(20_000);
        for (let turn = 0; turn < 500 && told === null; turn += 1) {
          told = await laptop.interview(page, 1, { values: { bariatric_why: [`${note}${turn}`] } }).then(() => null, (fault) => fault.message);
        }
        assert.ok(told, 'a save failed');
        test.diagnostic(`after ${laptop.finalised.length} were kept: ${told.split('\n')[0]}`);
        rmSync(join(DISK, 'full'));
        assert.equal((await laptop.rows(page, 'revisions')).length, laptop.finalised.length, 'what was kept is whole, and nothing else is there');
        await laptop.drain(page);
        assert.equal(linesOf(service, before), 20);
      },
      { own: { disk: DISK } },
    ),
  );
});
