//! A person who uses no mouse: every step by the keyboard alone, and where they are can always be seen.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { SERVICE_HARMONISATION, begin, place } from './form.mjs';
import { visitor } from './stage.mjs';

/** What has the focus: element, name, value, where a link leads, its words. */
function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const ring = [style.outlineStyle, style.outlineWidth, style.boxShadow, style.backgroundColor].join(' ');
    return {
      tag: element.localName,
      type: element.getAttribute('type'),
      name: element.getAttribute('name'),
      href: element.getAttribute('href'),
      words: element.innerText?.trim() ?? '',
      ring,
    };
  });
}

/** Presses Tab until `wanted` holds for what has the focus. */
async function tabTo(page, wanted, what) {
  const passed = [];
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (wanted(now)) return now;
    passed.push(now.words || now.name || now.tag);
  }
  return assert.fail(`Tab never reached ${what}; it passed ${passed.join(' | ')}`);
}

describe('a person who uses the keyboard alone', () => {
  it('skips to the content first, and lands in it', async () => {
    await visitor(async (page) => {
      await page.goto(`/${SERVICE_HARMONISATION}`);
      await page.keyboard.press('Tab');
      const first = await focused(page);
      assert.match(first.words, /skip to/i);
      const target = page.locator(`[id="${first.href.slice(1)}"]`);
      assert.equal(await target.count(), 1, `${first.href} is on the page`);
      await page.keyboard.press('Enter');
      const next = await page.evaluate(() => location.hash);
      assert.equal(next, first.href);
    });
  });

  it('starts, answers a question and goes on', async () => {
    await visitor(async (page) => {
      await page.goto(`/${SERVICE_HARMONISATION}`);
      await tabTo(page, (now) => now.href?.includes(`/${SERVICE_HARMONISATION}/standard/`), 'the link to the form');
      await Promise.all([page.waitForURL(/\/standard\//), page.keyboard.press('Enter')]);
      for (let step = 0; step < 10 && (await page.locator('main input[type="radio"]').count()) === 0; step += 1) {
        await tabTo(page, (now) => now.tag === 'button' && /continue/i.test(now.words), 'the button');
        await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      }
      const radio = await tabTo(page, (now) => now.type === 'radio', 'the first answer');
      await page.keyboard.press('Space');
      await page.keyboard.press('ArrowDown');
      const chosen = await page.locator(`input[name="${radio.name}"]:checked`).getAttribute('value');
      assert.equal(chosen, await page.locator(`input[name="${radio.name}"]`).nth(1).getAttribute('value'));
      const asked = page.url();
      await tabTo(page, (now) => now.tag === 'button' && /continue/i.test(now.words), 'the button');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      assert.notEqual(page.url(), asked);
      await page.goto(asked);
      assert.ok(await page.locator(`input[name="${radio.name}"][value="${chosen}"]`).isChecked(), 'the answer was kept');
    });
  });

  it('sees where the focus is, on everything that can have it', async () => {
    await visitor(async (page) => {
      await begin(page, SERVICE_HARMONISATION, 'easy-read');
      assert.notEqual(place(page), SERVICE_HARMONISATION);
      const controls = page.locator('a[href]:visible, button:visible, input:visible, textarea:visible, summary:visible');
      const total = await controls.count();
      assert.ok(total > 3);
      for (let index = 0; index < total; index += 1) {
        const control = controls.nth(index);
        // A radio's ring is drawn by the label beside it.
        const look = () =>
          control.evaluate((element) =>
            [element, element.nextElementSibling]
              .filter((each) => each)
              .flatMap((each) => [getComputedStyle(each), getComputedStyle(each, '::before')])
              .map((style) => [style.outline, style.boxShadow, style.backgroundColor, style.border].join(' '))
              .join('; '),
          );
        await page.locator('body').evaluate(() => document.activeElement?.blur());
        const without = await look();
        await control.focus();
        assert.notEqual(await look(), without, `nothing shows the focus on ${await control.evaluate((e) => e.outerHTML)}`);
      }
    });
  });
});
