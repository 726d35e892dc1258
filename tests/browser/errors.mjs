//! What a page says when something is wrong, and that it keeps what was written.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  SERVICE_HARMONISATION,
  askForReceipt,
  begin,
  fillIn,
  findQuestion,
  follow,
  heading,
  pressOn,
  send,
  tickTwo,
} from './form.mjs';
import { visitor } from './stage.mjs';

const SUMMARY = '.nhsuk-error-summary';

/** The summary names the fault and leads to the field it stands beside. */
async function assertSummaryLeadsTo(page, name, about) {
  assert.match(await page.locator(SUMMARY).innerText(), about);
  const target = await page.locator(`${SUMMARY} a`).first().getAttribute('href');
  const field = page.locator(`[id="${target.slice(1)}"]`);
  assert.equal(await field.getAttribute('name'), name, `${target} is the field`);
  assert.match(await page.title(), /^error/i, 'the window says so too');
  assert.ok((await page.locator('.nhsuk-error-message').count()) > 0, 'the message stands beside the question');
}

describe('a page with something wrong', () => {
  for (const edition of ['standard', 'easy-read']) {
    it(`keeps text that is too long and says by how much, in the ${edition} edition`, async () => {
      await visitor(async (page) => {
        await findQuestion(page, edition, 'bariatric_why');
        const words = 'Far too long. '.repeat(400);
        await page.locator('[name="bariatric_why"]').fill(words);
        const asked = page.url();
        await pressOn(page);
        assert.equal(new URL(page.url()).pathname, new URL(asked).pathname, 'the same page is shown again');
        await assertSummaryLeadsTo(page, 'bariatric_why', /4,?000/);
        assert.equal(await page.locator('[name="bariatric_why"]').inputValue(), words, 'nothing typed is lost');
      });
    });

    it(`refuses two answers to one question, in the ${edition} edition`, async () => {
      await visitor(async (page) => {
        await findQuestion(page, edition, 'bariatric_support');
        await tickTwo(page, 'bariatric_support');
        await pressOn(page);
        await assertSummaryLeadsTo(page, 'bariatric_support', /one/i);
      });
    });
  }

  for (const edition of ['standard', 'easy-read']) {
    it(`asks again for an address that cannot be one, and takes a right one, in the ${edition} edition`, async () => {
      await visitor(async (page) => {
        await fillIn(page, SERVICE_HARMONISATION, edition);
        await send(page);
        await askForReceipt(page, 'somebody at example');
        await assertSummaryLeadsTo(page, 'email', /name@example\.org/);
        assert.equal(await page.locator('[name="email"]').inputValue(), 'somebody at example', 'what was typed is kept');
        await askForReceipt(page, 'somebody@example.org');
        assert.match(await page.getByRole('alert').innerText(), /few minutes/);
        assert.doesNotMatch(await page.locator('body').innerText(), /somebody@/, 'the next person does not see it');
      });
    });
  }

  it('does not send a form in which nothing was answered, and says why', async () => {
    await visitor(async (page) => {
      await begin(page, SERVICE_HARMONISATION, 'standard');
      for (let step = 0; step < 60 && !page.url().endsWith('/check-answers'); step += 1) await pressOn(page);
      const sendButton = page.locator('main').getByRole('button', { name: /^send/i });
      if ((await sendButton.count()) > 0) {
        await follow(page, sendButton.first());
        assert.ok((await page.locator(SUMMARY).count()) > 0, 'the page says what is missing');
      }
      assert.doesNotMatch(page.url(), /received/);
    });
  });

  it('says plainly that a consultation is not known', async () => {
    await visitor(async (page) => {
      const answer = await page.goto('/no-such-consultation');
      assert.equal(answer.status(), 404);
      assert.match(await heading(page), /not (found|know)|cannot find|no consultation/i);
      assert.ok((await page.locator('main a[href="/"]').count()) > 0, 'and leads to the list');
    });
  });

  it('says plainly that a page of a form is not known', async () => {
    await visitor(async (page) => {
      const answer = await page.goto(`/${SERVICE_HARMONISATION}/standard/no-such-page`);
      assert.equal(answer.status(), 404);
      assert.ok((await heading(page)).length > 0);
    });
  });
});
