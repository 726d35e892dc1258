//! The desk in a real browser: in by a link, a password and an authenticator's code; people and roles; a session's end.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { SERVICE_HARMONISATION, follow, place } from './form.mjs';
import { Seen, judge } from './seen.mjs';
import { choosePassword, code, enter as enterWith, pressByKeys, pressed, signIn, staffCommand, tabTo } from './staff.mjs';
import { stage } from './stage.mjs';
import { asVisitor, startProgram } from './support.mjs';

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
        await choosePassword(page, 'too short');
        assert.match(await page.locator('.nhsuk-error-summary').innerText(), /12 characters or more/);
        await seen.look(page);
        await choosePassword(page);
        await seen.look(page);
        await signIn(page, 'demo@example.org');
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
        assert.match(await page.locator('main [role="status"]').innerText(), /on its way to them by mail/);
        await seen.look(page);
        await follow(page, page.getByRole('link', { name: 'Kay Keyer' }));
        await seen.look(page);

        for (const address of ['/staff/account', '/staff/mail', '/staff/forgotten']) {
          await page.goto(address);
          await seen.look(page);
        }
        await page.goto('/staff');
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
        await pressByKeys(page, 'Decide');
        assert.equal(await page.locator('.nhsuk-error-summary li').count(), 2);
        await seen.look(page);
        await tabTo(page, 'decision');
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowUp');
        await tabTo(page, 'reason');
        await page.keyboard.type('The postmark shows that it was in time.');
        await pressByKeys(page, 'Decide');
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
  const enter = (page) => enterWith(page, staffCommand(program, 'link', 'demo@example.org'));

  judge(seen, 9, 'link, sign in, second step, desk, people, person, audit log, held items, dates');
});
