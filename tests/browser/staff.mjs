//! How somebody gets to the desk in a browser: by a one-time link, a password and, where it is asked for, six digits.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';

import { follow, place } from './form.mjs';

/** The password everybody chooses. */
export const PASSWORD = 'otter lantern gravel nine';

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

/** Types a password twice on the page a link leads to. */
export async function choosePassword(page, password = PASSWORD) {
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('The same password again').fill(password);
  await pressed(page, 'Save password');
}

/** Types e-mail address and password on the sign-in page. */
export async function signIn(page, email, password = PASSWORD) {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await pressed(page, 'Sign in');
}

/** Follows a one-time link, chooses a password, and signs in with it and, where it is asked for, an authenticator's code. */
export async function enter(page, link, email = 'demo@example.org') {
  await page.goto(link);
  await choosePassword(page);
  await signIn(page, email);
  if (place(page) === 'second-step') {
    await page.getByLabel('Six digits').fill(code(await page.locator('[name="secret"]').inputValue()));
    await pressed(page, 'Continue');
  }
  assert.equal(place(page), 'staff');
}

/** Runs `soundings staff …` on a program's database; what it prints comes back. */
export function staffCommand({ binary, database, origin }, ...command) {
  return execFileSync(binary, ['staff', ...command, '--database', database, '--base-url', origin], { encoding: 'utf8' }).trim();
}

/** Makes an account with these roles in a consultation and signs it in. */
export async function join(page, program, name, roles, consultation) {
  const email = `${name.toLowerCase()}@example.org`;
  const asked = roles.flatMap((role) => ['--role', role]);
  await enter(page, staffCommand(program, 'add', email, ...asked, '--consultation', consultation, '--name', name), email);
}

/** Presses Tab until the field of that name or label, or the button or link with those words, has the focus. */
export async function tabTo(page, wanted) {
  for (let step = 0; step < 300; step += 1) {
    await page.keyboard.press('Tab');
    const is = await page.evaluate(() => {
      const it = document.activeElement;
      return [it.name, it.getAttribute('aria-label'), it.labels?.[0]?.innerText.trim(), it.innerText?.trim()];
    });
    if (is.some((words) => (wanted instanceof RegExp ? wanted.test(words ?? '') : words === wanted))) return;
  }
  assert.fail(`Tab never reached ${wanted}`);
}

/** Reaches a button or link by Tab and presses Enter on it; comes back once the next page is there. */
export async function pressByKeys(page, wanted) {
  await tabTo(page, wanted);
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
}
