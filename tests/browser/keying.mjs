//! Paper at the desk: a batch counted in, three sheets keyed with the keyboard alone, one keyed by two people, settled, and closed.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { SERVICE_HARMONISATION, follow } from './form.mjs';
import { Seen, judge } from './seen.mjs';
import { join, pressByKeys, pressed, tabTo } from './staff.mjs';
import { stage, visitor } from './stage.mjs';

const DESK = `/staff/${SERVICE_HARMONISATION}`;
const WATCHED = { javaScriptEnabled: true, bypassCSP: true };

/** Makes an account and signs it in on this page. */
const enter = (page, name, roles) => join(page, stage.program, name, roles, SERVICE_HARMONISATION);

/** The key of the place that has the focus. */
const here = (page) => page.evaluate(() => document.activeElement.closest('[data-key]')?.dataset.key ?? document.activeElement.id);

/** Goes on with Enter until the place with this key has the focus. */
async function goTo(page, key) {
  for (let step = 0; step < 400; step += 1) {
    if ((await here(page)) === key) return;
    await page.keyboard.press('Enter');
  }
  assert.fail(`Enter never reached ${key}`);
}

/** Whether the place that has the focus lies below the legend that stays at the top of the window. */
const isClear = (page) =>
  page.evaluate(() => {
    const legend = document.querySelector('.app-legend').getBoundingClientRect();
    return document.activeElement.closest('[data-key]').getBoundingClientRect().top >= legend.bottom - 1;
  });

/** The first place of the sheet of each sort. */
function places(page) {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll('#keying [data-key]')].filter((place) => !place.dataset.key.startsWith('sheet.'));
    const first = (test) => all.find(test)?.dataset.key;
    return {
      one: first((place) => place.dataset.takes === 'one' && place.querySelectorAll('[data-press]').length > 2),
      text: first((place) => place.querySelector('textarea') && place.dataset.key !== 'note'),
      marked: all.filter((place) => place.querySelector('textarea') && place.dataset.key !== 'note')[1]?.dataset.key,
    };
  });
}

const chosen = (page, key) =>
  page.evaluate((key) => [...document.querySelectorAll(`[name="${key}"]:checked`)].map((tick) => tick.dataset.press), key);

describe('a keyer at the desk', () => {
  const seen = new Seen();

  it('counts a batch in', async () => {
    await visitor(async (page) => {
      await enter(page, 'Olive', ['desk_officer']);
      await page.goto(`${DESK}/batches`);
      assert.match(await page.locator('main').innerText(), /No batch has been counted in yet/);
      await seen.look(page);
      await follow(page, page.getByRole('button', { name: 'Count a batch in' }));
      await pressed(page, 'Count in');
      assert.ok((await page.locator('.nhsuk-error-summary li').count()) >= 5, 'each thing that is missing is said');
      await seen.look(page);
      await page.getByLabel('Library').check();
      await page.getByLabel('Place').fill('Leigh library, box 2');
      await page.getByLabel('Standard, version 1').check();
      await page.getByLabel('Not posted').check();
      await page.getByLabel('Number of sheets').fill('3');
      await pressed(page, 'Count in');
      assert.match(await page.locator('h1').innerText(), /Batch 1/);
      await seen.look(page);
      await tabTo(page, 'sheets');
      await page.keyboard.type('4');
      await pressByKeys(page, 'Save the new count');
      assert.match(await page.locator('.nhsuk-error-summary').innerText(), /Say why the count changes/);
      assert.equal(await page.locator('#recount').inputValue(), '4', 'what was typed is still there');
      await seen.look(page);
      await tabTo(page, 'reason');
      await page.keyboard.type('One sheet stuck to another.');
      await pressByKeys(page, 'Save the new count');
      assert.match(await page.locator('main').innerText(), /4 sheets, counted by Olive .*One sheet stuck to another\./);
    }, WATCHED);
  });

  it('keys three sheets with the keyboard alone', async () => {
    await visitor(async (page) => {
      await enter(page, 'Ann', ['keyer']);
      await page.goto(`${DESK}/batches/1/next`);
      await seen.look(page);
      for (const number of [1, 2, 3]) {
        await page.goto(`${DESK}/batches/1/sheets/${number}`);
        assert.match(await page.locator('h1').innerText(), new RegExp(`Key sheet ${number} of batch 1`));
        assert.equal(await here(page), 'sheet.paper_reference', 'one may begin at once');
        assert.ok(await isClear(page), 'the legend covers nothing of what has the focus');
        await page.keyboard.type(`P-${number}`);
        const { one, text, marked } = await places(page);
        await goTo(page, one);
        await page.keyboard.press('1');
        await page.keyboard.press('2');
        assert.deepEqual(await chosen(page, one), ['2'], 'another number takes the place of the first');
        await page.keyboard.press('Shift+1');
        assert.deepEqual(await chosen(page, one), ['1', '2'], 'with Shift it stands beside it');
        await page.keyboard.press('Backspace');
        assert.deepEqual(await chosen(page, one), []);
        await page.keyboard.press('1');
        await goTo(page, text);
        await page.keyboard.type('2 good reasons');
        assert.equal(await page.locator(`[name="${text}"]`).inputValue(), '2 good reasons', 'numbers in a text are words');
        await page.keyboard.press('Enter');
        assert.notEqual(await here(page), text);
        await page.keyboard.press('Shift+Enter');
        await goTo(page, marked);
        assert.ok(await isClear(page), 'nor further down');
        await page.keyboard.press('Alt+i');
        assert.equal(await page.locator(`[name="mark.${marked}"]`).inputValue(), 'illegible');
        await goTo(page, 'store');
        await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
        const said = await page.locator('main [role="status"]').first().innerText();
        assert.match(said, new RegExp(`Sheet ${number} is stored`));
      }
      await page.goto(`${DESK}/batches/1/undo`);
      assert.equal(await page.locator('[name="sheet.paper_reference"]').inputValue(), 'P-3', 'the last sheet can be changed');
      await page.keyboard.type('b');
      await Promise.all([page.waitForEvent('load'), page.keyboard.press('Control+Enter')]);
      await page.goto(`${DESK}/batches/1`);
      assert.equal(await page.locator('main tbody tr').count(), 3, 'a keyer sees their own sheets');
      await seen.look(page);
    }, WATCHED);
  });

  it('works without scripts too, and two at one sheet lose nothing', async () => {
    await visitor(async (page) => {
      await enter(page, 'Ben', ['keyer']);
      await page.goto(`${DESK}/batches`);
      await follow(page, page.getByRole('link', { name: 'Batch 1' }));
      assert.match(await page.locator('main').innerText(), /You have keyed none of its sheets yet/);
      await page.goto(`${DESK}/batches/1/sheets/4`);
      await visitor(async (other) => {
        await enter(other, 'Cat', ['keyer']);
        await other.goto(`${DESK}/batches/1/sheets/4`);
        await other.locator('#keying [data-press="1"]').first().check();
        await other.locator('#keying textarea').first().fill('It would be too far for me.');
        await pressed(other, 'Store sheet 4');
      });
      await page.locator('#keying [data-press="2"]').first().check();
      await page.locator('#keying textarea').first().fill('It would be too far for us.');
      await pressed(page, 'Store sheet 4');
      assert.match(await page.locator('main').innerText(), /Sheet 4 is stored|Every sheet of this batch/);
    });
  });

  it('has what was keyed reconciled and the batch closed', async () => {
    await visitor(async (page) => {
      await enter(page, 'Oscar', ['desk_officer', 'keyer', 'verifier']);
      await secondKeyings(page);
      await page.goto(`${DESK}/differences`);
      await seen.look(page);
      await settleAll();
      await page.goto(`${DESK}/reconciliation`);
      assert.match(await page.locator('main').innerText(), /Everything received is accounted for/);
      await seen.look(page);
      await page.goto(`${DESK}/keying-quality`);
      await seen.look(page);
      await page.goto(`${DESK}/batches/1/sheets/1/end`);
      await seen.look(page);
      await page.goto(`${DESK}/batches/1`);
      await follow(page, page.getByRole('button', { name: 'Close the batch' }));
      assert.match(await page.locator('h1').innerText(), /Are you sure/);
      await seen.look(page);
      await pressed(page, 'Yes, close batch 1');
      assert.match(await page.locator('main').innerText(), /The batch is closed/);
    }, WATCHED);
  });

  /** Keys whatever was drawn a second time, each with a difference, as somebody else. */
  async function secondKeyings(page) {
    await page.goto(`${DESK}/batches/1`);
    const drawn = await page.locator('main a[href*="/sheets/"]').filter({ hasText: /^sheet \d+$/ }).count();
    for (let sheet = 0; sheet < drawn; sheet += 1) {
      await page.goto(`${DESK}/batches/1/next`);
      assert.equal(await page.locator('#keying :checked[data-press]').count(), 0, 'nothing of the first keying is on the page');
      await seen.look(page);
      await Promise.all([page.waitForEvent('load'), page.keyboard.press('Control+Enter')]);
    }
  }

  /** Settles every difference as a third person. */
  async function settleAll() {
    await visitor(async (page) => {
      await enter(page, 'Vera', ['verifier']);
      await page.goto(`${DESK}/differences`);
      assert.match(await page.locator('main').innerText(), /Batch 1, sheet 4: 2 places/);
      for (let left = await page.locator('main a[href$="/settle"]').count(); left > 0; left -= 1) {
        await follow(page, page.locator('main a[href$="/settle"]').first());
        await seen.look(page);
        for (const set of await page.locator('fieldset[id^="pick-"]').all()) await set.locator('input[type="radio"]').first().check();
        await pressed(page, /^Settle sheet/);
      }
    }, WATCHED);
  }

  judge(seen, 9, 'batches, count in, batch, sheet, differences, settling, reconciliation, quality, ending, closing');
});
