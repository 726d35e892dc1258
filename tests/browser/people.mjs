//! What an administrator presses, by the keyboard alone: roles, links, shutting out, tokens, dead letters; and one's own password.

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';

import { follow, place } from './form.mjs';
import { Seen, judge } from './seen.mjs';
import { PASSWORD, enter, pressByKeys, signIn, staffCommand, tabTo } from './staff.mjs';
import { stage } from './stage.mjs';
import { asVisitor, freePort, startProgram } from './support.mjs';

/** A mail server that knows nobody: every recipient is refused for good. */
function mailServerThatKnowsNobody(port) {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.write('220 example.org\r\n');
    socket.on('data', (bytes) => {
      for (const line of String(bytes).split('\r\n').filter(Boolean)) {
        const word = line.slice(0, 4).toUpperCase();
        socket.write({ RCPT: '550 5.1.1 nobody of this name here\r\n', QUIT: '221 bye\r\n' }[word] ?? '250 OK\r\n');
        if (word === 'QUIT') socket.end();
      }
    });
  });
  return new Promise((done) => server.listen(port, '127.0.0.1', () => done(server)));
}

describe('an administrator with a keyboard', () => {
  const seen = new Seen();
  let program;
  let mail;

  before(async () => {
    const port = await freePort();
    mail = await mailServerThatKnowsNobody(port);
    program = await startProgram(['--second-factor', 'false', '--smtp', `smtp://127.0.0.1:${port}`]);
  });
  after(async () => {
    await program?.close();
    mail?.close();
  });

  const visit = (work) => asVisitor(stage.browser, program.origin, work, { javaScriptEnabled: true, bypassCSP: true });
  const main = (page) => page.locator('main').innerText();

  it('gives and takes away roles, makes a link, shuts somebody out and lets them in', async () => {
    await visit(async (page) => {
      await enter(page, program.desk);
      const link = staffCommand(program, 'add', 'kay@example.org', '--role', 'keyer', '--name', 'Kay Keyer');
      await page.goto('/staff/people');
      await follow(page, page.getByRole('link', { name: 'Kay Keyer' }));
      await pressByKeys(page, 'Give roles');
      assert.match(await page.locator('.nhsuk-error-summary').innerText(), /Choose at least one role/);
      await seen.look(page);
      await tabTo(page, 'roles');
      await page.keyboard.press('Space');
      await pressByKeys(page, 'Give roles');
      assert.match(await main(page), /Author in every consultation/);
      await pressByKeys(page, /^Take away\s+Author/);
      assert.doesNotMatch(await main(page), /Author in every consultation/);
      assert.match(await main(page), /Keyer in every consultation/);
      await pressByKeys(page, 'Make a new link');
      assert.match(await page.locator('main [role="status"]').innerText(), /on its way to them by mail/);
      await seen.look(page);
      await pressByKeys(page, 'Shut out');
      assert.match(await main(page), /This person cannot sign in/);
      await seen.look(page);
      await visit(async (other) => {
        await other.goto(link);
        assert.equal(await other.getByRole('button', { name: 'Save password' }).count(), 0, 'an earlier link opens nothing');
      });
      await pressByKeys(page, 'Let them in again');
      assert.match(await main(page), /They can sign in again/);
      await seen.look(page);
    });
  });

  it('makes a token, sees it once, and revokes it', async () => {
    await visit(async (page) => {
      await signedIn(page);
      await follow(page, page.getByRole('navigation', { name: 'Desk' }).getByRole('link', { name: 'Tokens' }));
      await seen.look(page);
      await pressByKeys(page, 'Make a token');
      assert.equal(await page.locator('.nhsuk-error-summary li').count(), 2);
      await seen.look(page);
      await tabTo(page, 'name');
      await page.keyboard.type('council-import');
      await tabTo(page, 'role');
      await page.keyboard.press('Space');
      await pressByKeys(page, 'Make a token');
      const secret = /soundings_[0-9A-Z]{32}/.exec(await main(page))?.[0];
      assert.ok(secret, 'it is shown once');
      await seen.look(page);
      await page.goto('/staff/tokens');
      assert.ok(!(await main(page)).includes(secret));
      await pressByKeys(page, /^Revoke\s+council-import/);
      assert.match(await page.locator('h1').innerText(), /Are you sure/);
      await seen.look(page);
      await pressByKeys(page, 'Yes, revoke it');
      assert.match(await page.locator('main [role="status"]').innerText(), /council-import is revoked/);
      await seen.look(page);
    });
  });

  it('has a letter that nobody takes tried again, and thrown away', async () => {
    await visit(async (page) => {
      await signedIn(page);
      await page.goto('/staff/people');
      await page.getByLabel('Name').fill('Dee Nobody');
      await page.getByLabel('E-mail address').fill('dee@example.org');
      await page.getByLabel('Keyer').check();
      await pressByKeys(page, 'Invite');
      await deadLetter(page);
      await seen.look(page);
      await pressByKeys(page, /^Try again/);
      await deadLetter(page);
      const before = await page.getByRole('button', { name: /^Throw away/ }).count();
      await pressByKeys(page, /^Throw away/);
      assert.match(await main(page), /settled/);
      assert.equal(await page.getByRole('button', { name: /^Throw away/ }).count(), before - 1);
      await seen.look(page);
    });
  });

  it('changes a password of their own', async () => {
    await visit(async (page) => {
      await signedIn(page);
      await page.goto('/staff/account');
      await change(page, 'not the password', 'marmalade bicycle thunder six');
      assert.match(await page.locator('.nhsuk-error-summary').innerText(), /not the password you have now/);
      await seen.look(page);
      await change(page, PASSWORD, 'marmalade bicycle thunder six');
      assert.match(await page.locator('main [role="status"]').innerText(), /Your password is changed/);
      await seen.look(page);
    });
    await visit(async (page) => {
      await page.goto('/staff/sign-in');
      await signIn(page, 'demo@example.org');
      assert.notEqual(place(page), 'staff', 'the old password opens nothing');
      await signIn(page, 'demo@example.org', 'marmalade bicycle thunder six');
      assert.equal(place(page), 'staff');
    });
  });

  async function signedIn(page) {
    await page.goto('/staff/sign-in');
    await signIn(page, 'demo@example.org');
    assert.equal(place(page), 'staff');
  }

  /** Looks at the mail page until there is a letter to decide about. */
  async function deadLetter(page) {
    for (let look = 0; look < 200; look += 1) {
      await page.goto('/staff/mail');
      if ((await page.getByRole('button', { name: /^Try again/ }).count()) > 0) return;
    }
    assert.fail(`no letter was given up: ${await main(page)}`);
  }

  async function change(page, before, next) {
    for (const [name, words] of [['current', before], ['password', next], ['again', next]]) {
      await tabTo(page, name);
      await page.keyboard.type(words);
    }
    await pressByKeys(page, 'Change password');
  }

  judge(seen, 5, 'person, tokens, revoking, mail, account');
});
