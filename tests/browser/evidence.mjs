//! Evidence in a real browser: a file's text checked and logged, an event, a contact, a request for a format; each page by axe.

import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { SERVICE_HARMONISATION, follow } from './form.mjs';
import { Seen, judge } from './seen.mjs';
import { enter, pressed } from './staff.mjs';
import { stage } from './stage.mjs';
import { ROOT, asVisitor, startProgram } from './support.mjs';

const DESK = `/staff/${SERVICE_HARMONISATION}`;
const TODAY = new Date().toISOString().slice(0, 10);

describe('evidence at the desk', () => {
  const seen = new Seen();
  let program;

  before(async () => {
    program = await startProgram(['--second-factor', 'false']);
  });
  after(() => program?.close());

  const visit = (work) => asVisitor(stage.browser, program.origin, work, { javaScriptEnabled: true, bypassCSP: true });

  it('logs a letter from a file, an event, a contact, and what somebody asked for', async () => {
    await visit(async (page) => {
      await enter(page, program.desk);
      await page.goto(`${DESK}/evidence`);
      await seen.look(page);
      await follow(page, page.getByRole('button', { name: 'Log evidence' }));
      await seen.look(page);
      await pressed(page, 'Save');
      assert.match(await page.locator('.nhsuk-error-summary').innerText(), /Say when it reached us/);
      await seen.look(page);
      await page.getByLabel('A file, if there is one').setInputFiles(resolve(ROOT, 'tests/fixtures/evidence/letter.docx'));
      await pressed(page, 'Take the text out of the file');
      assert.match(await page.getByLabel('What it says').inputValue(), /tea & coffee matters!/);
      await seen.look(page);
      await page.getByLabel('What it is about').fill('Tea and buses');
      await page.getByLabel('Received').fill(TODAY);
      await page.getByLabel('One person').check();
      await pressed(page, 'Save');
      assert.match(await page.locator('main').innerText(), /SH-E1/);
      await seen.look(page);
      await follow(page, page.getByRole('button', { name: 'Correct it' }));
      await seen.look(page);
      await page.goto(`${DESK}/evidence`);
      assert.match(await page.locator('main').innerText(), /1 letter/);
      await seen.look(page);

      await page.goto(`${DESK}/events`);
      await seen.look(page);
      await follow(page, page.getByRole('button', { name: 'Add an event' }));
      await page.getByLabel('Name', { exact: true }).fill('Drop-in at the library');
      await page.getByLabel('Place').fill('Central library');
      await page.getByLabel('Day').fill(TODAY);
      await page.getByLabel('How many came').fill('12');
      await pressed(page, 'Save');
      await follow(page, page.getByRole('link', { name: 'Drop-in at the library' }));
      await seen.look(page);

      await page.goto(`${DESK}/contacts`);
      await pressed(page, 'Add');
      await seen.look(page);
      await page.getByLabel('Name', { exact: true }).fill('Bo Example');
      await page.getByLabel('E-mail address').fill('bo@example.org');
      await page.getByLabel('The result').check();
      await page.getByLabel(/They agreed/).check();
      await pressed(page, 'Add');
      assert.match(await page.locator('main').innerText(), /1 person/);
      await seen.look(page);

      await page.goto(`${DESK}/formats`);
      await seen.look(page);
      await page.getByLabel('How to reach them').fill('bo@example.org');
      await pressed(page, 'Add the request');
      await seen.look(page);
      await page.getByLabel('How it was met').fill('Sent by e-mail');
      await pressed(page, /It is met today/);
      assert.match(await page.locator('main').innerText(), /Nobody waits/);
      await seen.look(page);
    });
  });

  for (const edition of ['', '/easy-read']) {
    it(`lets anybody ask for another format${edition && ' in easy read'}`, async () => {
      await visit(async (page) => {
        const easy = edition !== '';
        await page.goto(`/${SERVICE_HARMONISATION}${edition}`);
        await follow(page, page.locator('#formats ~ p a, section[aria-labelledby="formats"] p > a[href$="/formats"]').first());
        await seen.look(page, { easy });
        await pressed(page, 'Send');
        await seen.look(page, { easy });
        await page.getByLabel('Braille').check();
        await page.locator('[name="reach"]').fill('1 High Street');
        await pressed(page, 'Send');
        assert.match(await page.locator('main').innerText(), /Braille/);
        await seen.look(page, { easy });
      });
    });
  }

  judge(seen, 9, 'evidence, log, item, correct, events, event, contacts, formats, ask for a format in both editions');
  it('no easy-read words are smaller than 16 point', () => assert.deepEqual(seen.small, []));
});
