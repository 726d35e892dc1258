//! The device app as people use it: set up in a library, without a network for a day of keying and interviews, and back.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { CONSULTATION, Laptop, PASSPHRASE } from './offline/bench.mjs';
import { Service } from './offline/service.mjs';
import { Seen, judge } from './seen.mjs';
import { parseCsv } from './support.mjs';

const SHEETS = 20;
const PEOPLE = 5;
const WORD = 'Synthetic: the bus to the hospital takes two hours';

const heading = (page) => page.locator('main h1').first();
const pressed = (page, name, exact = true) => page.locator('main').getByRole('button', { name, exact }).click();
const titled = (page, words) => page.locator('main h1', { hasText: words }).waitFor();

/** What the browser said against the page's own content policy, and what went wrong in its scripts. */
function watched(context) {
  const faults = [];
  context.on('console', (message) => /Content Security Policy/i.test(message.text()) && faults.push(message.text()));
  context.on('weberror', (error) => faults.push(error.error().message));
  return faults;
}

/** A pile counted in at the desk. */
async function countIn(laptop, service, sheets) {
  const page = await laptop.context.newPage();
  await page.goto(`${service.origin}/staff/${CONSULTATION}/batches/new`);
  await page.getByLabel('Library').check();
  await page.getByLabel('Place').fill('Leigh library, box 2');
  await page.getByLabel('Standard, version 1').check();
  await page.getByLabel('Not posted').check();
  await page.getByLabel('Number of sheets').fill(String(sheets));
  await pressed(page, 'Count in');
  await page.locator('h1', { hasText: /Batch \d/ }).waitFor();
  await page.close();
}

/** From nothing to the home page of a device that is set up. `look` sees every page on the way. */
async function setUp(page, service, look = () => undefined) {
  await page.goto(`${service.origin}/keying/`);
  await titled(page, 'Set this device up');
  await look(page);
  await pressed(page, 'Set up');
  await page.locator('.nhsuk-error-summary').waitFor();
  await look(page);
  await page.getByLabel('What is this device called?').fill('Library laptop 3');
  await page.getByLabel('Where is it used?').fill('Southchurch library');
  await pressed(page, 'Set up');
  await titled(page, 'Choose your passphrase');
  await look(page);
  await page.getByLabel('Your passphrase').fill('short');
  await pressed(page, 'Save passphrase');
  await page.locator('.nhsuk-error-summary').waitFor();
  await look(page);
  await page.getByLabel('Your passphrase').fill(PASSPHRASE);
  await page.getByLabel('The same passphrase again').fill(PASSPHRASE);
  await pressed(page, 'Save passphrase');
  await titled(page, 'This device is ready');
  await look(page);
  await pressed(page, 'Begin');
  await titled(page, 'Library laptop 3');
  await page.getByText('Ready for offline').first().waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
}

/** One sheet with the keyboard alone: a number on the paper, the first answer to two questions, some words. */
async function keySheet(page, number) {
  await titled(page, `Key sheet ${number} of batch 1`);
  assert.equal(await page.evaluate(() => document.activeElement.closest('[data-key]')?.dataset.key), 'sheet.paper_reference', 'one may type at once');
  await page.keyboard.type(`P-${number}`);
  await goTo(page, 'bariatric_support');
  await page.keyboard.press('1');
  await goTo(page, 'bariatric_why');
  await page.keyboard.type(`${WORD} ${number}`);
  await page.keyboard.press('Control+Enter');
}

/** Goes on with Enter until the place with this key has the focus. */
async function goTo(page, key) {
  for (let step = 0; step < 60; step += 1) {
    if ((await page.evaluate(() => document.activeElement.closest('[data-key]')?.dataset.key)) === key) return;
    await page.keyboard.press('Enter');
  }
  assert.fail(`Enter never reached ${key}`);
}

/** Answers one resident's page: the first choice, and words where there is room; then on. `look` sees the page first. */
async function answerPage(page, words) {
  for (const group of await page.locator('main form fieldset:visible').all()) {
    const choices = group.locator('input[type="radio"]');
    if ((await choices.count()) > 0) await choices.first().check();
  }
  for (const text of await page.locator('main form textarea:visible').all()) await text.fill(words);
  await page.locator('main form').getByRole('button', { name: 'Continue' }).click();
}

/** The number of the step that is shown. */
const step = (page) => page.evaluate(() => location.hash);

/** One person, from their first page to the thanks. */
async function interview(page, words, look = () => undefined) {
  for (let pages = 0; pages < 80; pages += 1) {
    await look(page);
    const before = await step(page);
    if ((await page.locator('#finish').count()) > 0) break;
    if ((await page.locator('main form#page').count()) > 0) await answerPage(page, words);
    else await page.locator('main').getByRole('button', { name: /^No/ }).click();
    await page.waitForFunction((was) => location.hash !== was, before);
    await page.waitForFunction(() => document.activeElement?.closest('h1, legend, label') !== null || document.activeElement?.localName === 'main');
  }
  assert.match(await page.locator('main').innerText(), new RegExp(words), 'check answers shows the words');
  await page.locator('#finish').click();
  await titled(page, 'Thank you');
}

async function begunInterview(page, edition) {
  await page.getByRole('link', { name: 'Interview', exact: true }).click();
  const link = page.locator(`main a[href="#/interview/${CONSULTATION}"]`);
  if ((await page.getByLabel('Easy read').count()) === 0) await link.click();
  await page.getByLabel(edition, { exact: true }).check();
  await pressed(page, 'Begin the interview');
  await page.locator('.app-device--interview main form').first().waitFor();
}

async function unlock(page) {
  await titled(page, 'Unlock this device');
  await page.getByLabel('Your passphrase').fill(PASSPHRASE);
  await pressed(page, 'Unlock');
}

/** The exported responses of the consultation. */
async function exported(service) {
  const out = await mkdtemp(join(service.folder, 'export-'));
  await service.run('export', 'responses', '--consultation', CONSULTATION, '--out', out);
  const names = (await readdir(out, { recursive: true })).filter((name) => name.endsWith('.csv'));
  const tables = await Promise.all(names.map(async (name) => parseCsv(await readFile(join(out, name), 'utf8'))));
  return tables.flat();
}

describe('a library laptop without a network', () => {
  let service;
  let laptop;
  let page;
  let faults;

  before(async () => {
    service = await Service.start();
    laptop = await Laptop.start();
    faults = watched(laptop.context);
    await laptop.signIn(service, service.origin);
    await countIn(laptop, service, SHEETS);
    page = await laptop.context.newPage();
    await setUp(page, service);
  });

  after(async () => {
    await laptop?.close();
    await service?.close();
  });

  it(`keys ${SHEETS} sheets of a batch offline, by the keyboard`, async () => {
    await laptop.context.setOffline(true);
    await page.getByText('No network: you can go on working').waitFor();
    await page.getByRole('link', { name: 'Key paper', exact: true }).first().click();
    await page.getByRole('button', { name: 'Key sheet 1', exact: true }).click();
    for (let number = 1; number <= SHEETS; number += 1) {
      await keySheet(page, number);
      await page.locator('#saved', { hasText: `Sheet ${number} is saved on this device.` }).waitFor();
    }
    await titled(page, 'Nothing is left for you to key in batch 1');
  });

  it('takes the last sheet up again, and what was typed comes back', async () => {
    await pressed(page, `Change sheet ${SHEETS}`);
    await titled(page, `Change sheet ${SHEETS} of batch 1`);
    assert.equal(await page.locator('[name="bariatric_why"]').inputValue(), `${WORD} ${SHEETS}`);
    await page.locator('[name="bariatric_why"]').fill(`${WORD} ${SHEETS} changed`);
    await pressed(page, `Store sheet ${SHEETS}`);
    await titled(page, 'Nothing is left for you to key in batch 1');
  });

  it(`interviews ${PEOPLE} people in easy read offline, and clears the screen after each`, async () => {
    await begunInterview(page, 'Easy read');
    for (let person = 1; person <= PEOPLE; person += 1) {
      assert.ok(await page.locator('body.app--easy').count(), 'the large letters of easy read');
      assert.equal(await page.locator('nav.app-bar').count(), 0, 'the desk is out of reach');
      await interview(page, `Person ${person} says yes`);
      if (person < PEOPLE) {
        await pressed(page, 'Next person');
        await page.locator('main form#page').waitFor();
      }
    }
    for (let back = 0; back < 4; back += 1) {
      await page.goBack();
      await page.locator('main h1').waitFor();
      assert.doesNotMatch(await page.locator('body').innerText(), /Person \d says/, 'going back shows nobody’s answers');
      assert.equal(await page.locator('main form').count(), 0, 'going back opens no interview');
    }
    await pressed(page, 'Stop interviewing and lock the device');
    await titled(page, 'Unlock this device');
  });

  it('opens without a network after the browser was closed', async (test) => {
    await laptop.context.close();
    await laptop.switchOn();
    faults = watched(laptop.context);
    await laptop.context.setOffline(true);
    page = await laptop.context.newPage();
    const began = performance.now();
    await page.goto(`${service.origin}/keying/`);
    await titled(page, 'Unlock this device');
    test.diagnostic(`cold start without a network: ${Math.round(performance.now() - began)} ms`);
    await unlock(page);
    await titled(page, 'Library laptop 3');
    await page.getByRole('link', { name: 'Saved and sent' }).click();
    await titled(page, 'Saved and sent');
    const items = SHEETS + PEOPLE;
    assert.match(await page.locator('.app-strip').innerText(), new RegExp(`${items + 1} items waiting`), 'and the change of the last sheet');
  });

  it('sends all of it when the network is back: once, in the right batch, edition and channel', async () => {
    await laptop.context.setOffline(false);
    await page.locator('.app-strip', { hasText: 'Nothing waits to be sent' }).waitFor({ timeout: 60_000 });
    const rows = await exported(service);
    const sheets = rows.filter((row) => row.bariatric_why.startsWith(WORD));
    assert.equal(sheets.length, SHEETS, 'every sheet is there once');
    assert.equal(new Set(sheets.map((row) => row.bariatric_why)).size, SHEETS);
    assert.ok(sheets.some((row) => row.bariatric_why === `${WORD} ${SHEETS} changed`), 'the last one as it was changed');
    assert.deepEqual([...new Set(sheets.map((row) => `${row.channel} ${row.edition} ${row.form_version}`))], ['paper standard 1']);
    const people = rows.filter((row) => /^Person \d says yes/.test(row.bariatric_why));
    assert.deepEqual(people.map((row) => row.bariatric_why).sort(), [1, 2, 3, 4, 5].map((person) => `Person ${person} says yes`));
    assert.deepEqual([...new Set(people.map((row) => `${row.channel} ${row.edition}`))], ['face_to_face easy_read']);
    // Whoever was signed in at the desk is no longer, since the browser was closed.
    await laptop.signIn(service, service.origin);
    const desk = await laptop.context.newPage();
    await desk.goto(`${service.origin}/staff/${CONSULTATION}/batches/1`);
    assert.match(await desk.locator('.app-balance').innerText(), new RegExp(`${SHEETS}`), 'the batch has its sheets');
    await desk.close();
  });

  it('breaks no content policy and no script on the way', () => assert.deepEqual(faults, []));
});

describe('the pages of the device app', () => {
  const seen = new Seen();

  before(async () => {
    const service = await Service.start();
    const laptop = await Laptop.start({ bypassCSP: true });
    try {
      await laptop.signIn(service, service.origin);
      await countIn(laptop, service, 4);
      const page = await laptop.context.newPage();
      await walkThrough(page, service, seen);
    } finally {
      await laptop.close();
      await service.close();
    }
  });

  judge(seen, 20, 'set up, passphrase, home, batches, sheet, interview, saved and sent, help');
  it('no easy-read words are smaller than 16 point', () => assert.deepEqual(seen.small, []));
});

/** Every page of the app once, with what is wrong on it and what is empty. */
async function walkThrough(page, service, seen) {
  const look = () => seen.look(page);
  const at = async (address, words) => {
    await page.goto(`${service.origin}/keying/#${address}`);
    await titled(page, words);
    await look();
  };
  await setUp(page, service, look);
  await look();
  await at('/batches', 'Key paper');
  await at(`/batch/${CONSULTATION}/1`, 'Batch 1');
  await at(`/key/${CONSULTATION}/1/1`, 'Key sheet 1');
  await page.locator('[name="sheet.completed_on"]').fill('31/02/2022');
  await pressed(page, 'Store sheet 1');
  await page.locator('.nhsuk-error-summary').waitFor();
  await look();
  await page.locator('[name="sheet.completed_on"]').fill('28/02/2022');
  await pressed(page, 'Store sheet 1');
  await titled(page, 'Key sheet 2');
  await look();
  await page.getByRole('link', { name: 'This sheet cannot be keyed' }).click();
  await titled(page, 'it cannot be keyed');
  await pressed(page, 'End sheet 2');
  await page.locator('.nhsuk-error-summary').waitFor();
  await look();
  await page.getByLabel('Spoiled').check();
  await page.getByLabel('Why?').fill('Torn in two');
  await pressed(page, 'End sheet 2');
  await titled(page, 'Key sheet 3');
  await page.locator('[name="bariatric_why"]').fill('Begun and not finished');
  await page.getByText('What you typed is kept on this device.').waitFor();
  await at('/', 'Library laptop 3');
  assert.match(await page.locator('main').innerText(), /Batch 1, sheet 3/, 'a draft is offered again');
  await at(`/key/${CONSULTATION}/1/1`, 'Sheet 1 of batch 1 is not to be keyed here');
  await at(`/batch/${CONSULTATION}/99`, 'This batch is not on this device');
  await at(`/paper/${CONSULTATION}`, 'Key paper that belongs to no batch');
  await page.getByLabel('On which day').fill('tomorrow');
  await pressed(page, 'Go on');
  await page.locator('.nhsuk-error-summary').waitFor();
  await look();
  await page.getByLabel('Easy read, version 2').check();
  await page.getByLabel('On which day').fill('14/11/2026');
  await pressed(page, 'Go on');
  await titled(page, 'Key a sheet that belongs to no batch');
  await look();
  await lookAtInterviews(page, seen);
  await page.goto(`${service.origin}/keying/`);
  await titled(page, 'Unlock this device');
  await page.getByLabel('Your passphrase').fill('not the right words');
  await pressed(page, 'Unlock');
  await page.locator('.nhsuk-error-summary').waitFor();
  await look();
  await unlock(page);
  await titled(page, 'Library laptop 3');
  await at('/queue', 'Saved and sent');
  await page.locator('main').getByRole('button', { name: 'Change it', exact: true }).click();
  await titled(page, 'Change something saved');
  await look();
  await at('/queue/attention', 'Saved and sent');
  await at('/rescue', 'Make a rescue file');
  await at('/passphrase', 'Change my passphrase');
  await at('/begin', 'Add a keyer to this device');
  await at('/help', 'Help');
  await at('/full', 'There is too little room');
  const bare = await page.context().newPage();
  await bare.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The user denied permission to access the database.', 'SecurityError');
    };
  });
  await bare.goto(`${service.origin}/keying/`);
  await titled(bare, 'Key online, at the desk');
  await seen.look(bare);
}

/** The pages of an interview in both wordings, with a mistake on one of them, and its end. */
async function lookAtInterviews(page, seen) {
  await begunInterview(page, 'Standard');
  await seen.look(page);
  await page.getByText('For staff: stop this interview').click();
  await seen.look(page);
  page.once('dialog', (dialog) => dialog.accept());
  await pressed(page, 'Throw the answers away');
  await titled(page, 'The interview was stopped');
  await seen.look(page);
  await page.goto(`${new URL(page.url()).origin}/keying/#/interview/${CONSULTATION}`);
  await titled(page, 'Interview somebody');
  await seen.look(page);
  await page.getByLabel('Easy read', { exact: true }).check();
  await pressed(page, 'Begin the interview');
  await page.locator('.app--easy main form').first().waitFor();
  let mistaken = false;
  await interview(page, 'Yes, I like it', async () => {
    await seen.look(page, { easy: true });
    const text = page.locator('main form textarea');
    if (mistaken || (await text.count()) === 0) return;
    mistaken = true;
    await text.first().fill('x'.repeat(4001));
    await page.locator('main form').getByRole('button', { name: 'Continue' }).click();
    await page.locator('.nhsuk-error-summary').waitFor();
    await seen.look(page, { easy: true });
  });
  assert.ok(mistaken, 'a page was sent with a mistake on it');
  await seen.look(page, { easy: true });
  await pressed(page, 'Stop interviewing and lock the device');
  await titled(page, 'Unlock this device');
  await seen.look(page);
}
