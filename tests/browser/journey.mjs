//! A resident without JavaScript answers the whole service-harmonisation form, and an analyst finds the words.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { EDITIONS, SERVICE_HARMONISATION, fillIn, follow, place, send, towardsEquality, walk, wordsFor } from './form.mjs';
import { stage, visitor } from './stage.mjs';
import { exportedResponses } from './support.mjs';

const SERVICES = ['bariatric', 'asymmetry', 'reduction', 'female_sterilisation', 'vasectomy', 'fertility'];

/** What the page asks as yes or no and the export writes as a truth. */
const EXPORTED_AS = { quote_consent: { yes: 'true', no: 'false' } };

/** A value of the export as it was typed: a browser sends every line's end as CR LF. */
function asTyped(value) {
  return value?.replaceAll('\r\n', '\n');
}

/** The one exported row whose `important` holds these words. */
async function rowWith(words) {
  const rows = await exportedResponses(stage.program, SERVICE_HARMONISATION);
  const found = rows.filter((row) => asTyped(row.important) === words);
  assert.equal(found.length, 1, `${found.length} of ${rows.length} exported responses hold the words`);
  return found[0];
}

describe('a resident without JavaScript', () => {
  for (const edition of EDITIONS) {
    it(`answers every question of the ${edition} edition, sends it, and is found in the export`, async () => {
      const plan = { important: `Whole form, ${wordsFor('important', edition)}`, council_area: 'southend' };
      const given = {};
      await visitor(async (page) => {
        await fillIn(page, SERVICE_HARMONISATION, edition, { plan, given });
        const summary = await page.locator('main').innerText();
        assert.match(summary, /Whole form, Synthetic/, 'check answers shows the words');
        const { reference, code } = await send(page);
        assert.ok(reference, 'the confirmation gives a reference');
        assert.ok(code, 'the confirmation gives a receipt code');
        assert.notEqual(reference, code);
        await walkEquality(page, edition, given);
      });
      for (const service of SERVICES) {
        assert.ok(given[`${service}_support`], `the form asked about ${service}`);
        assert.ok(given[`${service}_why`], `the form asked why about ${service}`);
      }
      assert.ok(given.age_group, 'the equality questions were asked');
      const row = await rowWith(plan.important);
      for (const [name, value] of Object.entries(given)) {
        assert.ok(name in row, `the export has a column ${name}`);
        assert.equal(asTyped(row[name]), name in EXPORTED_AS ? EXPORTED_AS[name][value] : value, `the export's ${name}`);
      }
      assert.equal(row.edition, edition.replace('-', '_'));
      assert.equal(row.channel, 'online');
    });
  }

  it('loses nothing by leaving at the equality questions', async () => {
    const plan = { important: `Left at the equality questions. ${wordsFor('important', 'standard')}` };
    await visitor(async (page) => {
      await fillIn(page, SERVICE_HARMONISATION, 'standard', { plan });
      await send(page);
      await towardsEquality(page);
      await page.goBack();
      await follow(page, page.locator('main').getByRole('button', { name: /^no/i }));
      assert.equal(place(page), 'thank-you');
    });
    const row = await rowWith(plan.important);
    assert.equal(row.age_group ?? '', '', 'no equality question was answered');
  });

  it('loses no main answer by leaving half way through the equality questions', async () => {
    const plan = { important: `Left half way. ${wordsFor('important', 'easy-read')}`, age_group: '45_54' };
    await visitor(async (page) => {
      await fillIn(page, SERVICE_HARMONISATION, 'easy-read', { plan });
      await send(page);
      await towardsEquality(page);
      const given = {};
      await walk(page, ['pregnancy', 'thank-you'], { edition: 'easy-read', plan, given });
      assert.equal(given.age_group, '45_54');
    });
    const row = await rowWith(plan.important);
    assert.equal(row.overall_support !== '', true);
  });

  it('sends once although the button is pressed again after going back', async () => {
    const plan = { important: `Sent twice. ${wordsFor('important', 'standard')}` };
    await visitor(async (page) => {
      await fillIn(page, SERVICE_HARMONISATION, 'standard', { plan });
      const checkAnswers = page.url();
      const first = await send(page);
      await page.goto(checkAnswers);
      const again = page.locator('main').getByRole('button', { name: /^send/i });
      if ((await again.count()) > 0) {
        await follow(page, again.first());
        assert.equal(place(page), 'received');
      }
      assert.ok(first.reference);
    });
    await rowWith(plan.important);
  });
});

/** Every equality question answered, to the page of thanks. */
async function walkEquality(page, edition, given) {
  await towardsEquality(page);
  await walk(page, ['thank-you'], { edition, given });
}
