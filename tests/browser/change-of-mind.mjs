//! Going back, changing the edition, coming back another day, withdrawing: nothing a person wrote is lost on the way.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  SERVICE_HARMONISATION,
  answerPage,
  begin,
  fillIn,
  follow,
  heading,
  place,
  pressOn,
  printedCode,
  send,
  walk,
  wordsFor,
} from './form.mjs';
import { stage, visitor } from './stage.mjs';
import { exportedResponses } from './support.mjs';

const BACK = '.nhsuk-back-link';

/** Answers pages until the one that asks for `name` has been answered and left. */
async function answerThrough(page, edition, name, given = {}, plan = {}) {
  for (let step = 0; step < 60 && !(name in given); step += 1) {
    await answerPage(page, { edition, plan, given });
    await pressOn(page);
  }
  assert.ok(name in given, `no page asked for ${name}`);
  return given;
}

/** What check answers shows, with white space made plain. */
async function answersShown(page, consultation, edition) {
  await page.goto(`/${consultation}/${edition}/check-answers`);
  return (await page.locator('main').innerText()).replace(/\s+/g, ' ');
}

function plain(words) {
  return words.replace(/\s+/g, ' ');
}

describe('a person who changes their mind', () => {
  it('finds the answers again behind the back link', async () => {
    await visitor(async (page) => {
      await begin(page, SERVICE_HARMONISATION, 'standard');
      const given = await answerThrough(page, 'standard', 'bariatric_why');
      for (let step = 0; step < 20 && (await page.locator('[name="bariatric_why"]').count()) === 0; step += 1) {
        await follow(page, page.locator(BACK).first());
      }
      assert.equal(await page.locator('[name="bariatric_why"]').inputValue(), given.bariatric_why);
      assert.ok(await page.locator(`[name="bariatric_support"][value="${given.bariatric_support}"]`).isChecked());
    });
  });

  it('keeps every answer when going over to easy read and back', async () => {
    await visitor(async (page) => {
      await begin(page, SERVICE_HARMONISATION, 'standard');
      const given = await answerThrough(page, 'standard', 'bariatric_why', {}, { council_area: 'thurrock' });
      await follow(page, page.locator('button[name="then"][value="edition"]'));
      assert.match(page.url(), /easy-read/, 'the page is now in easy read');
      assert.ok((await answersShown(page, SERVICE_HARMONISATION, 'easy-read')).includes(plain(given.bariatric_why)));
      await page.goto(`/${SERVICE_HARMONISATION}/standard/check-answers`);
      const shown = plain(await page.locator('main').innerText());
      assert.ok(shown.includes(plain(given.bariatric_why)), 'the words came back');
      assert.match(shown, /Thurrock/);
    });
  });

  it('keeps what stands on the page when the edition is changed before pressing continue', async () => {
    await visitor(async (page) => {
      await begin(page, SERVICE_HARMONISATION, 'standard');
      await answerThrough(page, 'standard', 'council_area');
      while ((await page.locator('[name="bariatric_why"]').count()) === 0) await pressOn(page);
      await page.locator('[name="bariatric_why"]').fill('Typed, and not yet sent on');
      await follow(page, page.locator('button[name="then"][value="edition"]'));
      assert.match(await answersShown(page, SERVICE_HARMONISATION, 'easy-read'), /Typed, and not yet sent on/);
    });
  });

  it('comes back with the printed code in another browser', async () => {
    let code;
    let given;
    await visitor(async (page) => {
      await begin(page, SERVICE_HARMONISATION, 'easy-read');
      given = await answerThrough(page, 'easy-read', 'bariatric_why');
      await follow(page, page.locator('button[name="then"][value="save"]'));
      code = await printedCode(page);
    });
    await visitor(async (page) => {
      await comeBack(page, code);
      const shown = await answersShown(page, SERVICE_HARMONISATION, 'easy-read');
      assert.ok(shown.includes(plain(given.bariatric_why)), 'the words came back');
    });
  });

  it('is told plainly when the code is not known, and sees nobody else’s answers', async () => {
    await visitor(async (page) => {
      await comeBack(page, 'WRNG-WRNG-WRNG');
      assert.ok((await page.locator('.nhsuk-error-summary').count()) > 0, 'the page says what is wrong');
    });
  });

  it('changes an answer from check answers and comes straight back to it', async () => {
    await visitor(async (page) => {
      await fillIn(page, SERVICE_HARMONISATION, 'standard');
      await follow(page, page.locator('main a[href*="overall"], main a[href*="important"]').last());
      assert.ok((await page.locator('[name="important"]').count()) > 0, `at ${page.url()}`);
      await page.locator('[name="important"]').fill('Changed from check answers');
      await pressOn(page);
      assert.equal(place(page), 'check-answers');
      assert.match(await page.locator('main').innerText(), /Changed from check answers/);
    });
  });

  it('withdraws a response with the receipt code, and it leaves the export', async () => {
    const words = `To be withdrawn. ${wordsFor('important', 'standard')}`;
    const count = async () =>
      (await exportedResponses(stage.program, SERVICE_HARMONISATION)).filter((row) =>
        row.important?.includes('To be withdrawn.'),
      ).length;
    await visitor(async (page) => {
      await fillIn(page, SERVICE_HARMONISATION, 'standard', { plan: { important: words } });
      const { code } = await send(page);
      assert.equal(await count(), 1);
      await askToWithdraw(page, code);
      await follow(page, page.locator('main').getByRole('button', { name: /^no/i }));
      assert.equal(await count(), 1, 'who thinks better of it keeps the response');
      await withdraw(page, code);
      assert.match(await heading(page), /taken back/i);
    });
    assert.equal(await count(), 0);
  });

  it('is told plainly when a receipt code is not known', async () => {
    await visitor(async (page) => {
      await withdraw(page, 'WRNG-WRNG-WRNG');
      assert.ok((await page.locator('.nhsuk-error-summary').count()) > 0, await page.locator('main').innerText());
    });
  });

  it('leaves nothing for the next person on a device that others use', async () => {
    await visitor(async (page) => {
      await fillIn(page, SERVICE_HARMONISATION, 'standard', { plan: { bariatric_why: 'Words of the first person' } });
      const first = await send(page);
      await page.goto(`/${SERVICE_HARMONISATION}`);
      assert.match(await page.locator('main').innerText(), /a response was sent from this device/i);
      await follow(page, page.locator('main').getByRole('button', { name: 'Start afresh' }));
      await page.goto(`/${SERVICE_HARMONISATION}/standard/received`);
      assert.doesNotMatch(await page.locator('body').innerText(), new RegExp(first.code));
      await fillIn(page, SERVICE_HARMONISATION, 'standard', { plan: { bariatric_why: 'Words of the second person' } });
      assert.doesNotMatch(await page.locator('main').innerText(), /Words of the first person/);
      const second = await send(page);
      assert.notEqual(second.reference, first.reference);
      await follow(page, page.locator('main').getByRole('button', { name: 'Clear this device' }));
      assert.doesNotMatch(await page.locator('main').innerText(), /sent from this device/i);
    });
    const words = (await exportedResponses(stage.program, SERVICE_HARMONISATION)).map((row) => row.bariatric_why);
    for (const person of ['first', 'second']) {
      assert.equal(words.filter((one) => one === `Words of the ${person} person`).length, 1, `the ${person} person’s words`);
    }
  });

  it('finds saved answers again after clearing the device', async () => {
    await visitor(async (page) => {
      await begin(page, SERVICE_HARMONISATION, 'standard');
      const given = await answerThrough(page, 'standard', 'bariatric_why', {}, { bariatric_why: 'Saved, then cleared' });
      await follow(page, page.locator('button[name="then"][value="save"]'));
      const code = await printedCode(page);
      await follow(page, page.locator('main').getByRole('button', { name: 'Clear this device' }));
      assert.doesNotMatch(await answersShown(page, SERVICE_HARMONISATION, 'standard'), /Saved, then cleared/);
      await comeBack(page, code);
      assert.ok((await answersShown(page, SERVICE_HARMONISATION, 'standard')).includes(given.bariatric_why));
    });
  });

  it('has two different people’s answers apart in two browsers', async () => {
    await visitor(async (one) => {
      await visitor(async (other) => {
        await begin(one, SERVICE_HARMONISATION, 'standard');
        await answerThrough(one, 'standard', 'bariatric_why', {}, { bariatric_why: 'Words of the first person' });
        await begin(other, SERVICE_HARMONISATION, 'standard');
        await walk(other, ['check-answers'], { edition: 'standard', plan: { bariatric_why: 'Words of the second person' } });
        const shown = await other.locator('main').innerText();
        assert.match(shown, /Words of the second person/);
        assert.doesNotMatch(shown, /Words of the first person/);
      });
    });
  });
});

/** Opens the page for coming back and gives the code. */
async function comeBack(page, code) {
  await page.goto(`/${SERVICE_HARMONISATION}/return`);
  await page.locator('main form input[type="text"], main form input:not([type])').first().fill(code);
  await follow(page, page.locator('main form button').first());
}

/** Gives the receipt code on the page for withdrawing. */
async function askToWithdraw(page, code) {
  await page.goto(`/${SERVICE_HARMONISATION}/withdraw`);
  await page.locator('main form input[type="text"], main form input:not([type])').first().fill(code);
  await follow(page, page.locator('main form button').first());
}

/** Gives the receipt code, and confirms when asked. */
async function withdraw(page, code) {
  await askToWithdraw(page, code);
  const confirm = page.locator('main').getByRole('button', { name: /^yes/i });
  if ((await confirm.count()) > 0 && (await page.locator('.nhsuk-error-summary').count()) === 0) await follow(page, confirm.first());
}
