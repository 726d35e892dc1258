//! A form that is published anew while somebody is writing on the version before.

import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { ROOT } from '../support.mjs';
import { CONSULTATION } from './bench.mjs';
import { fault, house, linesOf } from './house.mjs';

/** Publishes the next version of the survey, the last one's questions under another number. */
async function publishNext(service, version) {
  const folder = join(service.folder, `forms-${version + 1}`);
  await cp(join(ROOT, 'forms'), folder, { recursive: true });
  const before = await readFile(join(folder, CONSULTATION, `survey.v${version}.toml`), 'utf8');
  await writeFile(join(folder, CONSULTATION, `survey.v${version + 1}.toml`), before.replace(`\nversion = ${version}\n`, `\nversion = ${version + 1}\n`));
  await service.run('forms', 'publish', folder);
}

describe('a form that is published anew', () => {
  const at = house();

  it(
    '33 a draft is finished on the version it was begun on, and the next one begins on the new version',
    fault(at, async ({ service, laptop, page }) => {
      const [draft] = await page.evaluate(async (consultation) => {
        const found = (await device.consultations()).find((one) => one.code === consultation);
        const link = found.bundles.find((one) => one.current);
        globalThis.open = await device.begin({ mode: 'interview', consultation, bundle: link.digest, edition: 'standard', channel: 'face_to_face' });
        globalThis.open.change({ page: 'about-you' });
        await globalThis.open.keep();
        return device.drafts();
      }, CONSULTATION);
      await service.stop();
      await publishNext(service, draft.form_version);
      await service.begin();
      const { current, kept } = await page.evaluate(
        async ({ consultation, words }) => {
          await device.refresh();
          const found = (await device.consultations()).find((one) => one.code === consultation);
          await globalThis.open.close();
          const open = await device.open(globalThis.open.draft.response_id);
          open.change({ entry: { values: {}, marks: {}, note: words } });
          const version = open.draft.form_version;
          return { current: found.bundles.find((one) => one.current).version, kept: { version, ...(await open.finalise()) } };
        },
        { consultation: CONSULTATION, words: laptop.secret },
      );
      assert.deepEqual([current, kept.version], [draft.form_version + 1, draft.form_version]);
      const [next] = await laptop.interview(page, 1);
      await laptop.drain(page);
      laptop.finalised.push(kept.revision_id);
      assert.equal(linesOf(service, [kept.revision_id, next.revision_id]), 2);
      const stored = service.rows('select revision_id, form_version from revisions').map((row) => [row.revision_id.replaceAll('-', ''), row.form_version]);
      const versions = new Map(stored);
      assert.equal(versions.get(kept.revision_id.replaceAll('-', '')), draft.form_version, 'stored under the version it was begun on');
      assert.equal(versions.get(next.revision_id.replaceAll('-', '')), current);
    }),
  );
});
