//! The desk in a real browser: in by a link, a password and an authenticator's code; people and roles; a session's end.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import { SERVICE_HARMONISATION, follow, place } from './form.mjs';
import { Seen, judge } from './seen.mjs';
import { stage } from './stage.mjs';
import { asVisitor, startProgram } from './support.mjs';

const PASSWORD = 'otter lantern gravel nine';

/** What an authenticator app shows for a secret in base 32 (RFC 6238: six digits, SHA-1, half minutes). */
export function code(secret, later = 0) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/=+$/, '')].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac('sha1', key).update(step).digest();
  const at = hash.at(-1) & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Presses a button of the page by its words. */
export function pressed(page, words) {
  return follow(page, page.locator('main').getByRole('button', { name: words }));
}

describe('somebody at the desk', () => {
  const seen = new Seen();
  let program;

  before(async () => {
    program = await startProgram(['--second-factor', 'true']);
  });
  after(() => program?.close());

  const visit = (work, options) => asVisitor(stage.browser, program.origin, work, options);

  it('gets in, invites somebody, reads the log, and gets out', async () => {
    await visit(
      async (page) => {
        await page.goto(program.desk);
        await seen.look(page);
        await page.getByLabel('Password', { exact: true }).fill('too short');
        await page.getByLabel('The same password again').fill('too short');
        await pressed(page, 'Save password');
        assert.match(await page.locator('.nhsuk-error-summary').innerText(), /12 characters or more/);
        await seen.look(page);
        await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
        await page.getByLabel('The same password again').fill(PASSWORD);
        await pressed(page, 'Save password');
        await seen.look(page);
        await page.getByLabel('E-mail address').fill('demo@example.org');
        await page.getByLabel('Password').fill(PASSWORD);
        await pressed(page, 'Sign in');
        assert.equal(await page.locator('.app-qr svg').count(), 1, 'there is a QR code to read');
        const secret = await page.locator('[name="secret"]').inputValue();
        await seen.look(page);
        await page.getByLabel('Six digits').fill('000000');
        await pressed(page, 'Continue');
        assert.match(await page.locator('.nhsuk-error-summary').innerText(), /not right/);
        assert.equal(await page.locator('[name="secret"]').inputValue(), secret, 'the same key is shown again');
        await page.getByLabel('Six digits').fill(code(secret));
        await pressed(page, 'Continue');
        assert.equal(place(page), 'staff');
        await seen.look(page);

        await follow(page, page.getByRole('navigation', { name: 'Desk' }).getByRole('link', { name: 'People' }));
        await pressed(page, 'Invite');
        assert.equal(await page.locator('.nhsuk-error-summary li').count(), 3);
        await seen.look(page);
        await page.getByLabel('Name').fill('Kay Keyer');
        await page.getByLabel('E-mail address').fill('kay@example.org');
        await page.getByLabel('In which consultation').selectOption(SERVICE_HARMONISATION);
        await page.getByLabel('Keyer').check();
        await pressed(page, 'Invite');
        const link = await page.locator('main [role="status"] strong').innerText();
        assert.match(link, /\/staff\/link\/\w{32}$/);
        await seen.look(page);
        await follow(page, page.getByRole('link', { name: 'Kay Keyer' }));
        await seen.look(page);

        await page.goto('/staff/account');
        await seen.look(page);
        await follow(page, page.getByRole('navigation', { name: 'Desk' }).getByRole('link', { name: 'Audit log' }));
        assert.match(await page.locator('main').innerText(), /none was changed, removed or put in/);
        await seen.look(page);
        await follow(page, page.getByRole('button', { name: 'Sign out' }));
        await page.goto('/staff/people');
        assert.equal(place(page), 'sign-in', 'who has signed out sees nobody');
      },
      { javaScriptEnabled: true, bypassCSP: true },
    );
  });

  it('decides what is held, by the keyboard alone, and announces a later last day', async () => {
    await visit(
      async (page) => {
        await enter(page);
        await follow(page, page.locator('main').getByRole('link', { name: /^Held items \(\d+ waiting\)/ }).last());
        await seen.look(page);
        const before = Number(await page.locator('main p strong').first().innerText());
        await follow(page, page.locator('main table a').first());
        await seen.look(page);
        await tabTo(page, 'Decide');
        await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
        assert.equal(await page.locator('.nhsuk-error-summary li').count(), 2);
        await seen.look(page);
        await tabTo(page, 'decision');
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowUp');
        await tabTo(page, 'reason');
        await page.keyboard.type('The postmark shows that it was in time.');
        await tabTo(page, 'Decide');
        await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
        assert.match(await page.locator('main').innerText(), /It counts now|It is set aside/);
        await seen.look(page);
        await follow(page, page.getByRole('link', { name: 'Back' }));
        assert.equal(Number(await page.locator('main p strong').first().innerText()), before - 1);

        await page.goto(`/staff/${SERVICE_HARMONISATION}/dates`);
        await pressed(page, 'Continue');
        assert.equal(await page.locator('.nhsuk-error-summary li').count(), 3);
        await seen.look(page);
        const last = await page.locator('dd').nth(2).innerText();
        const later = new Date(Date.parse(`${last} 12:00 UTC`) + 7 * 86_400_000);
        await page.getByLabel('New last day').fill(later.toISOString().slice(0, 10));
        await page.getByLabel('Why', { exact: true }).fill('The post was slow.');
        await page.getByLabel('Why, in easy words').fill('Letters came late.');
        await pressed(page, 'Continue');
        await seen.look(page);
        await pressed(page, 'Yes, extend');
        await page.goto(`/${SERVICE_HARMONISATION}`);
        assert.match(await page.locator('main').innerText(), /The post was slow\./);
      },
      { javaScriptEnabled: true, bypassCSP: true },
    );
  });

  /** Presses Tab until the field of that name, or the button with those words, has the focus. */
  async function tabTo(page, wanted) {
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press('Tab');
      const is = await page.evaluate(() => [document.activeElement.name, document.activeElement.innerText?.trim()]);
      if (is.includes(wanted)) return;
    }
    assert.fail(`Tab never reached ${wanted}`);
  }

  it('is warned before the session ends, and can stay', async () => {
    await visit(
      async (page) => {
        await enter(page);
        await page.clock.install();
        await page.reload();
        const warning = page.locator('#ending');
        assert.equal(await warning.isVisible(), false);
        await page.clock.fastForward('28:30');
        await warning.waitFor({ state: 'visible' });
        assert.match(await warning.innerText(), /signed out in/);
        await page.getByRole('button', { name: 'Stay signed in' }).click();
        await warning.waitFor({ state: 'hidden' });
      },
      { javaScriptEnabled: true },
    );
  });

  /** Signs in with a new link, since an authenticator's code is taken once. */
  async function enter(page) {
    const command = ['staff', 'link', 'demo@example.org', '--database', program.database, '--base-url', program.origin];
    const link = execFileSync(program.binary, command, { encoding: 'utf8' }).trim();
    await page.goto(link);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('The same password again').fill(PASSWORD);
    await pressed(page, 'Save password');
    await page.getByLabel('E-mail address').fill('demo@example.org');
    await page.getByLabel('Password').fill(PASSWORD);
    await pressed(page, 'Sign in');
    await page.getByLabel('Six digits').fill(code(await page.locator('[name="secret"]').inputValue()));
    await pressed(page, 'Continue');
    assert.equal(place(page), 'staff');
  }

  judge(seen, 9, 'link, sign in, second step, desk, people, person, audit log, held items, dates');
});
