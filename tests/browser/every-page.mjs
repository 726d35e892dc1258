//! Every page of every form in both editions, looked at once: axe, sideways scrolling, the size of easy-read words.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import {
  EDITIONS,
  SEND_STRATEGY,
  SERVICE_HARMONISATION,
  askForReceipt,
  fillIn,
  findQuestion,
  follow,
  place,
  pressOn,
  send,
  tickTwo,
  towardsEquality,
  walk,
} from './form.mjs';
import { Seen, judge } from './seen.mjs';
import { stage, visitorForAxe } from './stage.mjs';

for (const consultation of [SERVICE_HARMONISATION, SEND_STRATEGY]) {
  for (const edition of EDITIONS) {
    describe(`the pages of ${consultation} in the ${edition} edition`, () => {
      const seen = new Seen();
      const easy = edition === 'easy-read';

      before(() =>
        visitorForAxe(async (page) => {
          const each = () => seen.look(page, { easy });
          await fillIn(page, consultation, edition, { each });
          await each();
          await send(page);
          await each();
          for (const address of ['nobody', 'nobody@example.org']) {
            await askForReceipt(page, address);
            await each();
          }
          await towardsEquality(page);
          await walk(page, ['thank-you'], { edition, each });
          await each();
        }),
      );

      judge(seen, 12, 'form, check answers, confirmation, about you, thanks');
      if (easy) it('no words are smaller than 16 point, at any width or in print', () => assert.deepEqual(seen.small, []));
    });
  }
}

describe('the pages around the forms', () => {
  const seen = new Seen();
  const ADDRESSES = [
    '/',
    `/${SERVICE_HARMONISATION}`,
    `/${SEND_STRATEGY}`,
    `/${SERVICE_HARMONISATION}/return`,
    `/${SERVICE_HARMONISATION}/withdraw`,
    `/${SERVICE_HARMONISATION}/privacy`,
    `/${SERVICE_HARMONISATION}/accessibility`,
    `/${SERVICE_HARMONISATION}/cookies`,
    `/${SERVICE_HARMONISATION}/paper/standard`,
    `/${SERVICE_HARMONISATION}/paper/easy-read`,
    '/no-such-consultation',
    `/${SERVICE_HARMONISATION}/standard/no-such-page`,
  ];

  before(() =>
    visitorForAxe(async (page) => {
      for (const address of ADDRESSES) {
        const answer = await page.goto(address);
        const expected = address.includes('no-such') ? 404 : 200;
        if (answer.status() !== expected) seen.structure.push(`${address} answers ${answer.status()}`);
        await seen.look(page);
      }
      for (const consultation of [SERVICE_HARMONISATION, SEND_STRATEGY]) {
        await page.goto(`/${consultation}/easy-read`);
        await seen.look(page, { easy: true });
      }
      for (const edition of EDITIONS) {
        await lookAtFaults(page, edition);
        await lookAtChangeOfEdition(page, edition);
      }
      for (const kind of ['return', 'withdraw']) await lookAtWrongCode(page, kind);
    }),
  );

  async function lookAtFaults(page, edition) {
    const easy = edition === 'easy-read';
    await findQuestion(page, edition, 'bariatric_support');
    await tickTwo(page, 'bariatric_support');
    await pressOn(page);
    assert.equal(await page.locator('.nhsuk-error-summary').count(), 1);
    await seen.look(page, { easy });
  }

  /** A scale of five answers has no counterpart among three faces, so a page says what must be answered again. */
  async function lookAtChangeOfEdition(page, edition) {
    await findQuestion(page, edition, 'bariatric_support');
    const question = page.url();
    await page.locator('[name="bariatric_support"]').last().check();
    await follow(page, page.locator('button[name="then"][value="save"]'));
    assert.equal(place(page), 'saved');
    await seen.look(page, { easy: edition === 'easy-read' });
    await page.goto(edition === 'easy-read' ? `/${SERVICE_HARMONISATION}/easy-read` : `/${SERVICE_HARMONISATION}`);
    assert.ok((await page.locator('main [aria-labelledby="device"] a').count()) > 0, 'the start page knows of it');
    await seen.look(page, { easy: edition === 'easy-read' });
    await page.goto(question);
    await follow(page, page.locator('button[name="then"][value="edition"]'));
    await seen.look(page, { easy: edition !== 'easy-read' });
  }

  async function lookAtWrongCode(page, kind) {
    await page.goto(`/${SERVICE_HARMONISATION}/${kind}`);
    await page.locator('[name="code"]').fill('wrong');
    await follow(page, page.locator('main form button').first());
    assert.equal(await page.locator('.nhsuk-error-summary').count(), 1);
    await seen.look(page);
  }

  judge(seen, ADDRESSES.length, 'list, start, notices, paper, faults');
  it('easy-read faults are said in words of 16 point or more', () => assert.deepEqual(seen.small, []));
});

describe('the pages for analysts', () => {
  const seen = new Seen();

  before(() =>
    visitorForAxe(async (page) => {
      await page.goto('/analysis');
      await seen.look(page);
      await signIn(page, 'soundings_WRONG');
      assert.equal(await page.locator('.nhsuk-error-summary').count(), 1);
      await seen.look(page);
      await signIn(page, stage.program.token);
      await seen.look(page);
      await follow(page, page.locator(`main a[href="/analysis/${SERVICE_HARMONISATION}"]`));
      await seen.look(page);
      await follow(page, page.locator('main a[href$="by=council_area"]'));
      await seen.look(page);
      await page.goto('/analysis');
      await follow(page, page.locator('main').getByRole('button', { name: 'Sign out' }));
      await page.goto(`/analysis/${SERVICE_HARMONISATION}`);
      assert.equal(await page.locator('[name="token"]').count(), 1, 'who has signed out sees no results');
    }),
  );

  /** Pastes a token, as an analyst does. */
  async function signIn(page, token) {
    await page.locator('[name="token"]').fill(token);
    await follow(page, page.locator('main').getByRole('button', { name: 'Sign in' }));
  }

  judge(seen, 2, 'sign in, results, tables');
});
