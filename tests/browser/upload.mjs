//! Uploads in a real browser: a spreadsheet with errors checked, its errors read, its mapping and a word mended, stored, looked
//! at afterwards and withdrawn; by keyboard alone; without a script; each page by axe.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { SERVICE_HARMONISATION, follow } from './form.mjs';
import { Seen, judge } from './seen.mjs';
import { enter, pressed, tabTo } from './staff.mjs';
import { stage } from './stage.mjs';
import { asVisitor, startProgram } from './support.mjs';

const UPLOADS = `/staff/${SERVICE_HARMONISATION}/uploads`;
const TODAY = new Date().toISOString().slice(0, 10);

/** How long work in the background may take on a busy machine. */
const WHILE_BUSY = 60_000;

/** Pictures of each page, when a folder for them is named. */
const PICTURES = process.env.SOUNDINGS_PICTURES;

/** A librarian's list: no heading is a question's, two words are mistyped, one line is beyond help. */
const LINES = [
  ['Council', 'What about the operation?', 'Reasons', 'Our initials'],
  ['Southend', 'Oppose', 'It is fairer to everybody', 'BB'],
  ['Sth end', 'Strongly oppose', 'Too far to travel', 'BB'],
  ['Thurrock', 'Opose', '', ''],
  ['Thurrock', '#N/A', 'Nobody can say what this was', ''],
];

describe('uploads at the desk', () => {
  const seen = new Seen();
  let program;
  let folder;
  let session;

  before(async () => {
    program = await startProgram(['--second-factor', 'true']);
    folder = mkdtempSync(join(tmpdir(), 'soundings-upload-'));
    writeFileSync(join(folder, 'library.csv'), LINES.map((line) => line.map((cell) => `"${cell}"`).join(';')).join('\n'));
  });
  after(() => program?.close());

  const visit = (work, options = {}) => asVisitor(stage.browser, program.origin, work, { javaScriptEnabled: true, bypassCSP: true, storageState: session, ...options });

  async function look(page, name) {
    await seen.look(page);
    if (!PICTURES) return;
    await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
    await page.setViewportSize({ width: 320, height: 640 });
    await page.screenshot({ path: join(PICTURES, `${name}-320.png`), fullPage: true });
    await page.setViewportSize({ width: 1280, height: 800 });
  }

  it('signs in with a second step, checks a spreadsheet, mends it on the page, stores it and withdraws it', async () => {
    await visit(async (page, { context }) => {
      await enter(page, program.desk);
      session = await context.storageState();
      await page.locator(`a[href="${UPLOADS}"]`).click();
      await page.getByRole('heading', { name: 'Uploads', level: 1 }).waitFor();
      await look(page, 'uploads-empty');
      await follow(page, page.getByRole('button', { name: 'Upload a spreadsheet' }));
      await pressed(page, 'Upload and check');
      assert.match(await page.locator('.nhsuk-error-summary').innerText(), /Choose how the answers came in[\s\S]*Choose the file/);
      await look(page, 'upload-new');
      await choose(page, 'library.csv');
      await found(page);
      assert.match(await page.locator('main').innerText(), /What stands in the way of the whole file/);
      assert.equal(await page.getByText('Not understood').count(), 4);
      await look(page, 'report-barred');

      await page.getByLabel('Column A, Council, holds').selectOption('council_area');
      await page.getByLabel('Column B, What about the operation?, holds').selectOption('bariatric_support');
      await page.getByLabel('Column C, Reasons, holds').selectOption('bariatric_why');
      await page.getByLabel('Column D, Our initials, holds').selectOption('@ignore');
      await page.getByLabel('Edition that was read').selectOption('standard');
      await page.getByLabel('Day they reached us').fill('yesterday');
      await pressed(page, 'Check again with these answers');
      assert.match(await page.locator('.nhsuk-error-summary').innerText(), /day, month, year/);
      assert.equal(await page.getByLabel('Column D, Our initials, holds').inputValue(), '@ignore', 'nothing chosen is lost');
      await look(page, 'report-wrong-day');
      await page.getByLabel('Day they reached us').fill(TODAY.split('-').reverse().join('/'));
      await again(page);
      const main = await page.locator('main').innerText();
      assert.match(main, /A3[\s\S]*Sth end[\s\S]*B4[\s\S]*Opose/);
      assert.match(main, /B5[\s\S]*#N\/A/);
      await look(page, 'report-words');
      await page.getByLabel('“Sth end” stands for').selectOption('southend');
      await page.getByLabel('“Opose” stands for').selectOption('oppose');
      await again(page);
      assert.match(await page.locator('main').innerText(), /Would be stored\s+3[\s\S]*Wrong\s+1/);
      await pressed(page, 'Store only the 3 valid lines');
      assert.match(await page.locator('.nhsuk-error-summary').innerText(), /Tick that the wrong/);
      await page.getByLabel(/Leave out the one wrong/).check();
      await look(page, 'report-valid');
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /Download the workbook/ }).click()]);
      assert.equal(download.suggestedFilename(), 'marked.xlsx');
      await page.locator('main').getByRole('button', { name: 'Store only the 3 valid lines' }).click();
      await page.getByRole('heading', { name: 'Upload: library.csv' }).waitFor({ timeout: WHILE_BUSY });
      assert.match(await page.locator('main').innerText(), /4 = 3 stored \+ 0 already here \+ 0 held \+ 1 left out \+ 0 blank/);
      await look(page, 'upload');
      await follow(page, page.getByRole('button', { name: 'Withdraw this upload' }));
      await look(page, 'upload-withdraw');
      await pressed(page, 'Yes, withdraw it');
      assert.match(await page.locator('main').innerText(), /3 responses were withdrawn/);
      await look(page, 'upload-withdrawn');
      await follow(page, page.getByRole('link', { name: 'All uploads' }));
      await look(page, 'uploads');
    });
  });

  it('does it all by the keyboard alone', async () => {
    await visit(async (page) => {
      await page.goto(`${UPLOADS}/new`);
      // A file can be chosen by no key but those of the system's own dialogue.
      await page.getByLabel('The file').setInputFiles({ name: 'keys.csv', mimeType: 'text/csv', buffer: Buffer.from(`council_area,bariatric_support,edition,received_on\nBasildonn,Oppose,standard,${TODAY}\n`) });
      await tabTo(page, 'How did the answers come in?');
      await page.keyboard.type('On paper');
      await tabTo(page, 'Upload and check');
      await page.keyboard.press('Enter');
      await found(page);
      await tabTo(page, '“Basildonn” stands for');
      await page.keyboard.type('Basildon');
      await tabTo(page, 'Check again with these answers');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Store the one line' }).waitFor({ timeout: WHILE_BUSY });
      await tabTo(page, 'Store the one line');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Upload: keys.csv' }).waitFor({ timeout: WHILE_BUSY });
      assert.match(await page.locator('main').innerText(), /1 = 1 stored/);
    });
  });

  it('shows how far a large file has come, and what a file is that cannot be read', async () => {
    await visit(async (page) => {
      await page.goto(`${UPLOADS}/new`);
      const lines = Array.from({ length: 60_000 }, (_, at) => `Southend,Oppose,Person ${at},standard,${TODAY}`);
      writeFileSync(join(folder, 'large.csv'), `council_area,bariatric_support,bariatric_why,edition,received_on\n${lines.join('\n')}\n`);
      await page.getByLabel('How did the answers come in?').selectOption('paper');
      await page.getByLabel('The file').setInputFiles(join(folder, 'large.csv'));
      await pressed(page, 'Upload and check');
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Checking the file');
      await page.getByText(/of about 60000 lines/).waitFor();
      await look(page, 'upload-progress');
      await found(page);
      await pressed(page, 'Throw this file away');
      await follow(page, page.getByRole('button', { name: 'Upload a spreadsheet' }));
      await page.getByLabel('How did the answers come in?').selectOption('letter');
      await page.getByLabel('The file').setInputFiles({ name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
      await pressed(page, 'Upload and check');
      await page.getByRole('heading', { name: 'The file cannot be read' }).waitFor({ timeout: WHILE_BUSY });
      await look(page, 'upload-stuck');
    });
  });

  it('works without a script', async () => {
    await visit(
      async (page) => {
        await page.goto(`${UPLOADS}/new`);
        await choose(page, 'library.csv');
        await found(page);
        assert.equal(await page.getByText('Not understood').count(), 4);
      },
      { javaScriptEnabled: false },
    );
  });

  async function choose(page, file) {
    await page.getByLabel('How did the answers come in?').selectOption('paper');
    await page.getByLabel('The file').setInputFiles(join(folder, file));
    await page.locator('main').getByRole('button', { name: 'Upload and check' }).click();
  }

  const found = (page) => page.getByRole('heading', { name: 'What the check found' }).waitFor({ timeout: WHILE_BUSY });

  /** Checks again, and waits for what that found: the page before has another run. */
  async function again(page) {
    const run = await page.locator('[name="run"]').first().inputValue();
    await page.locator('main').getByRole('button', { name: 'Check again with these answers' }).click();
    await page.waitForFunction((run) => ![run, undefined].includes(document.querySelector('[name="run"]')?.value), run, { timeout: WHILE_BUSY });
  }

  judge(seen, 6, 'uploads, new, progress, report, upload, withdraw, stuck');
});
