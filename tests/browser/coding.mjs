//! Themes at the desk: two code blind at the same time, a third settles; a theme is merged and unmerged; a late theme lists what was
//! coded before. By the keyboard, and looked at by axe.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { SEND_STRATEGY, follow } from './form.mjs';
import { Seen, judge } from './seen.mjs';
import { join, pressByKeys, pressed, tabTo } from './staff.mjs';
import { stage, visitor } from './stage.mjs';

const QUESTION = 'working_well';
const FRAME = `/staff/${SEND_STRATEGY}/codeframe/${QUESTION}`;
const CODING = `/staff/${SEND_STRATEGY}/coding/${QUESTION}`;
const WATCHED = { javaScriptEnabled: true, bypassCSP: true };

/** Makes an account and signs it in on this page. */
const enter = (page, name, roles) => join(page, stage.program, name, roles, SEND_STRATEGY);

const main = (page) => page.locator('main').innerText();

/** The number under a heading of the counts of a page. */
const count = (page, name) => page.locator('.app-balance div', { hasText: name }).locator('dd').innerText();

/** Looks for a theme by its words and chooses it, by the keyboard alone. */
async function choose(page, words) {
  await page.locator('#answer').focus();
  await page.keyboard.press('/');
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
}

/** Stores with Ctrl and Enter, and waits for what comes next. */
async function store(page) {
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Control+Enter')]);
}

/** Brings a theme in, by the keyboard alone. */
async function theme(page, name) {
  await page.goto(`${FRAME}/new`);
  await tabTo(page, 'name');
  await page.keyboard.type(name);
  await tabTo(page, 'definition');
  await page.keyboard.type(`What people say about ${name.toLowerCase()}.`);
  await pressByKeys(page, 'Save');
  assert.match(await main(page), new RegExp(name));
}

describe('coders at the desk', () => {
  const seen = new Seen();

  it('begin with what was published, and change it by events that are undone', async () => {
    await visitor(async (page) => {
      await enter(page, 'Anna', ['analyst']);
      await page.goto(`/staff/${SEND_STRATEGY}/codeframe`);
      await seen.look(page);
      await pressByKeys(page, 'Begin with the starting codeframe');
      assert.doesNotMatch(await main(page), /not begun/);
      await page.goto(`/staff/${SEND_STRATEGY}/codeframe/all-questions`);
      assert.match(await main(page), /Waiting for a diagnosis/);
      await seen.look(page);
      for (const name of ['Staff who listen', 'Getting there']) await theme(page, name);
      await page.goto(`${FRAME}/new`);
      await page.getByLabel('Name').fill('Staff who listens');
      await pressed(page, 'Save');
      assert.match(await main(page), /is nearly “Staff who listen”/);
      await seen.look(page);
      await follow(page, page.getByRole('link', { name: 'Back' }));
      await seen.look(page);

      await follow(page, page.getByRole('link', { name: 'Change Getting there' }));
      await seen.look(page);
      await page.getByLabel('The theme that stays').selectOption('Staff who listen');
      await pressByKeys(page, 'Merge');
      assert.match(await main(page), /Counts for “Staff who listen”/);
      await follow(page, page.getByRole('button', { name: /^Undo/ }).first());
      assert.doesNotMatch(await main(page), /Counts for “Staff who listen”/);
      assert.match(await main(page), /It is undone/);

      await page.goto(`${CODING}/twice`);
      await pressByKeys(page, 'Draw the sample');
      assert.ok(Number(await count(page, 'In the sample')) >= 50);
      await seen.look(page);
    }, WATCHED);
  });

  it('code blind at the same time, and a third settles', async () => {
    await visitor(async (cora) => {
      await enter(cora, 'Cora', ['coder']);
      await visitor(async (dan) => {
        await enter(dan, 'Dan', ['coder']);
        for (const page of [cora, dan]) {
          await page.goto(`${CODING}/next-blind`);
          assert.match(await main(page), /do not see each other's coding/);
        }
        assert.equal(cora.url(), dan.url(), 'both have the same answer in front of them');
        await seen.look(cora);
        await choose(cora, 'staff who');
        await store(cora);
        await choose(dan, 'getting there');
        await store(dan);
      }, WATCHED);
    }, WATCHED);
    await visitor(async (page) => {
      await enter(page, 'Eve', ['coder']);
      await page.goto(`${CODING}/quality`);
      assert.match(await main(page), /1 answer was coded twice and blind/);
      await seen.look(page);
      await page.goto(`${CODING}/twice`);
      assert.equal(await count(page, 'They differ'), '1');
      await pressByKeys(page, /^Settle /);
      await seen.look(page);
      await tabTo(page, /Getting there/);
      await page.keyboard.press('Space');
      await pressByKeys(page, 'Settle');
      assert.equal(await count(page, 'Settled'), '1');
      await page.goto(`${CODING}/quality`);
      assert.match(await main(page), /1 answer was coded twice and blind/, 'what each said first stays the measure');
    }, WATCHED);
  });

  it('work through a queue, and look again when a theme comes in late', async () => {
    await visitor(async (page) => {
      await enter(page, 'Finn', ['coder', 'analyst']);
      await page.goto(`/staff/${SEND_STRATEGY}/coding`);
      await seen.look(page);
      await page.goto(CODING);
      await seen.look(page);
      await pressByKeys(page, 'Begin');
      await seen.look(page);
      await choose(page, 'staff who');
      await page.keyboard.press('s');
      const stance = page.locator('[data-theme]', { hasText: 'Staff who listen' }).locator('select');
      assert.equal(await stance.inputValue(), 'for');
      await store(page);
      assert.match(await main(page), /Answer 2 of 20/);
      await pressByKeys(page, 'Undo');
      assert.match(await main(page), /It is undone/);
      await choose(page, 'staff who');
      await store(page);

      await theme(page, 'Late buses');
      await page.goto(`${CODING}/recheck`);
      assert.match(await main(page), /“Late buses” came in after they were coded/);
      await seen.look(page);
      await pressByKeys(page, 'Look at them, the likeliest first');
      await store(page);
      await page.goto(`/staff/${SEND_STRATEGY}/coding/safeguarding-contact`);
      await seen.look(page);
    }, WATCHED);
  });

  judge(seen, 13, 'codeframe, entry, coding, queue, answer, blind, settle, quality, recheck');
});
