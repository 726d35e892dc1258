//! A resident on a bad connection: what was typed is kept and tried again, sent once, and confirmed only by the service.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { AxeBuilder } from '@axe-core/playwright';

import { SERVICE_HARMONISATION, answerPage, begin, fillIn, findQuestion, place, pressOn, receipt } from './form.mjs';
import { stage, visitor } from './stage.mjs';
import { exportedResponses } from './support.mjs';

const SCRIPTED = { javaScriptEnabled: true };
const unsent = (page) => page.locator('.app-unsent');

describe('a resident on a bad connection', () => {
  it('keeps what was typed on the page when it cannot be sent, and goes on by itself when it can', async () => {
    await visitor(async (page, { context }) => {
      await findQuestion(page, 'standard', 'bariatric_why');
      const asked = page.url();
      await page.locator('[name="bariatric_why"]').fill('Typed on a train, in a tunnel');
      await context.setOffline(true);
      await page.locator('main').getByRole('button', { name: 'Continue' }).click();
      await unsent(page).waitFor();
      assert.equal(page.url(), asked, 'the page stays');
      assert.equal(await page.locator('[name="bariatric_why"]').inputValue(), 'Typed on a train, in a tunnel');
      assert.equal(await page.evaluate(() => localStorage.length), 0, 'nothing is kept on a device that others may use');
      await context.setOffline(false);
      await page.waitForURL((url) => url.href !== asked);
      await page.goto(asked);
      assert.equal(await page.locator('[name="bariatric_why"]').inputValue(), 'Typed on a train, in a tunnel', 'the service has it');
    }, SCRIPTED);
  });

  it('keeps it on the device only for those who say that it is theirs', async () => {
    await visitor(async (page, { context }) => {
      await findQuestion(page, 'easy-read', 'bariatric_why');
      const asked = page.url();
      const cut = (route) => (route.request().method() === 'POST' ? route.abort('connectionreset') : route.continue());
      await context.route(asked, cut);
      await page.locator('[name="bariatric_why"]').fill('On my own phone');
      await page.locator('main').getByRole('button', { name: 'Continue' }).click();
      await unsent(page).waitFor();
      await page.locator('#own-device').check();
      await page.goto(asked);
      assert.equal(await page.locator('[name="bariatric_why"]').inputValue(), 'On my own phone', 'it is there after a crash too');
      await context.unroute(asked, cut);
      await page.locator('main').getByRole('button', { name: 'Continue' }).click();
      await page.waitForURL((url) => url.href !== asked);
      assert.equal(await page.evaluate(() => localStorage.length), 0, 'once it has arrived nothing is kept');
      await page.goto(asked);
      assert.equal(await page.locator('[name="bariatric_why"]').inputValue(), 'On my own phone', 'the service has it');
    }, SCRIPTED);
  });

  it('sends once although the answer was lost on the way, and shows the reference only then', async () => {
    const words = 'The answer to this one got lost on the way';
    await visitor(async (page, { context }) => {
      await fillIn(page, SERVICE_HARMONISATION, 'standard', { plan: { important: words } });
      assert.equal(place(page), 'check-answers');
      let lost = 0;
      await context.route('**/send', async (route) => {
        if (lost > 1) return route.continue();
        lost += 1;
        await route.fetch({ maxRedirects: 0 });
        return route.abort('connectionreset');
      });
      await page.locator('main').getByRole('button', { name: /^send/i }).click();
      await unsent(page).waitFor();
      assert.equal(await page.locator('.nhsuk-panel').count(), 0, 'no reference yet');
      await page.waitForURL(/\/received/, { timeout: 30_000 });
      assert.equal(lost, 2, 'two answers were lost');
      assert.ok((await receipt(page)).reference);
    }, SCRIPTED);
    const rows = await exportedResponses(stage.program, SERVICE_HARMONISATION);
    assert.equal(rows.filter((row) => row.important === words).length, 1, 'it is there once');
  });

  it('says so in a way that everybody can read', async () => {
    await visitor(async (page, { context }) => {
      await begin(page, SERVICE_HARMONISATION, 'easy-read');
      await pressOn(page);
      await answerPage(page, { edition: 'easy-read' });
      await context.route('**/easy-read/**', (route) => (route.request().method() === 'POST' ? route.abort('connectionreset') : route.continue()));
      await page.locator('main').getByRole('button', { name: 'Continue' }).click();
      await unsent(page).waitFor();
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag22aa']).analyze();
      assert.deepEqual(violations.map((one) => one.id), []);
    }, { ...SCRIPTED, bypassCSP: true });
  });
});
