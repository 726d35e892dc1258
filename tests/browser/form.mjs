//! How a person walks through a form: reads what is on the page, answers it, presses the button.

import assert from 'node:assert/strict';

/** The two consultations of the demonstration. */
export const SERVICE_HARMONISATION = 'service-harmonisation';
export const SEND_STRATEGY = 'send-strategy';

/** The two wordings of every form, as addresses have them. */
export const EDITIONS = ['standard', 'easy-read'];

const ONWARDS = /^(continue|next|save and continue)\b/i;
const MOST_PAGES = 150;

/** The last part of the page's address. */
export function place(page) {
  return new URL(page.url()).pathname.split('/').filter(Boolean).at(-1) ?? '';
}

/** The main heading. */
export function heading(page) {
  return page.locator('h1').first().innerText();
}

/** Clicks what leads to another page, and returns once that page is there: the next look is never at the old one. */
export async function follow(page, link) {
  await Promise.all([page.waitForEvent('load'), link.click()]);
}

/**
 * From the start page of a consultation to the first page of one edition, by the links a person would use, and not by
 * the one that leads on to answers begun before.
 */
export async function begin(page, consultation, edition) {
  await page.goto(`/${consultation}`);
  if (edition === 'easy-read') await follow(page, page.locator(`main a[href="/${consultation}/easy-read"]`).first());
  await follow(page, page.locator(`main [aria-labelledby="answer"] a[href^="/${consultation}/${edition}/"]`).first());
}

/** What is asked on this page: one entry for each name, with what may be done about it. */
export async function asked(page) {
  const controls = page.locator('main form').locator('input:visible, textarea:visible, select:visible');
  const found = new Map();
  for (const control of await controls.all()) {
    const name = await control.getAttribute('name');
    const type = (await control.getAttribute('type')) ?? (await control.evaluate((element) => element.localName));
    if (!name || ['hidden', 'submit', 'search'].includes(type)) continue;
    if (!found.has(name)) found.set(name, { name, type, controls: [] });
    found.get(name).controls.push(control);
  }
  return [...found.values()];
}

/** Words that no other answer has, with what commonly breaks: quotes, a comma, an accent, an emoji, a second line. */
export function wordsFor(name, edition) {
  return `Synthetic: my “${name}” words, "${edition}", café 🙂\nand a second line`;
}

/**
 * Answers everything on the page: the choice that `plan` names for it or the first one, and unique words wherever
 * there is room for them. What was answered is added to `given`.
 */
export async function answerPage(page, { edition, plan = {}, given = {} }) {
  for (const { name, type, controls } of await asked(page)) {
    if (type === 'radio' || type === 'checkbox') {
      const wanted = plan[name];
      const values = await Promise.all(controls.map((control) => control.getAttribute('value')));
      const index = wanted === undefined ? 0 : values.indexOf(wanted);
      assert.notEqual(index, -1, `${name} does not offer ${wanted}, only ${values}`);
      await controls[index].check();
      given[name] = values[index];
    } else if (type === 'textarea') {
      given[name] = plan[name] ?? wordsFor(name, edition);
      await controls[0].fill(given[name]);
    } else if (plan[name] !== undefined) {
      given[name] = plan[name];
      await controls[0].fill(plan[name]);
    }
  }
  return given;
}

/** Presses the button that leads on. */
export async function pressOn(page) {
  await follow(page, page.locator('main').getByRole('button', { name: ONWARDS }).first());
}

/**
 * Page by page until the address ends in one of `ends`. `each` is called on every page before it is answered;
 * with `answer: false` nothing is filled in.
 */
export async function walk(page, ends, { edition, plan, given = {}, each, answer = true }) {
  for (let step = 0; step < MOST_PAGES; step += 1) {
    if (ends.includes(place(page))) return given;
    await each?.(page);
    if (answer) await answerPage(page, { edition, plan, given });
    const before = page.url();
    await pressOn(page);
    const summary = page.locator('.nhsuk-error-summary');
    assert.equal(await summary.count(), 0, `${before} refused: ${(await summary.allInnerTexts()).join(' ')}`);
  }
  return assert.fail(`after ${MOST_PAGES} pages none of ${ends} was reached; at ${page.url()}`);
}

/** From the start page to check answers. */
export async function fillIn(page, consultation, edition, options = {}) {
  await begin(page, consultation, edition);
  return walk(page, ['check-answers'], { edition, ...options });
}

/** Sends what check answers shows; returns the reference and receipt code that the confirmation gives. */
export async function send(page) {
  await follow(page, page.locator('main').getByRole('button', { name: /send/i }).first());
  assert.equal(place(page), 'received', `sending led to ${page.url()}: ${await page.locator('main').innerText()}`);
  return receipt(page);
}

/** Asks on the confirmation, or at the end, for the receipt by e-mail. */
export async function askForReceipt(page, address) {
  const form = page.locator('form', { has: page.locator('[name="email"]') });
  await form.getByLabel(/your e-mail address/i).fill(address);
  await follow(page, form.getByRole('button'));
}

/** The reference and the receipt code on a confirmation page. */
export async function receipt(page) {
  const reference = (await page.locator('.nhsuk-panel strong').innerText()).trim();
  return { reference, code: await printedCode(page) };
}

/** The code that the page asks people to write down. */
export async function printedCode(page) {
  const code = (await page.locator('main .app-code').innerText()).trim();
  assert.match(code, /^[A-Z0-9]+(-[A-Z0-9]+)*$/i);
  return code;
}

/**
 * From the confirmation to the questions about the person, which they may also leave alone. Easy read first says on a
 * page of its own why they are asked.
 */
export async function towardsEquality(page) {
  await follow(page, page.locator('main').getByRole('button', { name: /^yes/i }));
  assert.equal(place(page), 'about-you');
}

/** Presses on, answering nothing, until the page asks for `name`. */
export async function findQuestion(page, edition, name) {
  await begin(page, SERVICE_HARMONISATION, edition);
  for (let step = 0; step < 80 && (await page.locator(`main [name="${name}"]`).count()) === 0; step += 1) await pressOn(page);
  assert.ok((await page.locator(`main [name="${name}"]`).count()) > 0, `no page asks for ${name}`);
}

/** Makes the form of the page send two answers for one question, as a browser never would. */
export async function tickTwo(page, name) {
  await page.locator(`input[name="${name}"]`).evaluateAll((inputs) => {
    for (const input of inputs.slice(0, 2)) {
      input.type = 'checkbox';
      input.checked = true;
    }
  });
}
