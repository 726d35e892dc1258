//! Several people and one laptop: locking keeps everything, a forgotten passphrase costs drafts only, and one's queue goes up with another's.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { CONSULTATION, PASSPHRASE } from './bench.mjs';
import { fault, house, linesOf } from './house.mjs';
import { PASSWORD } from './service.mjs';

const counts = (page) => page.evaluate(async () => (await device.status()).counts);

/** A second keyer of the consultation, signed in at the desk in this browser instead of the first. */
async function secondPerson(service, proxy, laptop) {
  const { stdout } = await service.run('staff', 'add', 'second@example.org', '--role', 'keyer', '--consultation', CONSULTATION);
  const link = /https?:\/\/\S+/.exec(stdout)[0].replace(/^https?:\/\/[^/]+/, proxy.origin);
  const page = await laptop.context.newPage();
  await page.goto(`${proxy.origin}/staff`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto(link);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('The same password again').fill(PASSWORD);
  await page.locator('main').getByRole('button', { name: 'Save password' }).click();
  await page.getByLabel('E-mail address').fill('second@example.org');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.locator('main').getByRole('button', { name: 'Sign in' }).click();
  await page.locator('nav.app-desk').waitFor();
  await page.close();
}

describe('people on a shared laptop', () => {
  const at = house();

  it(
    '38 locking with 50 waiting deletes nothing, and another person uploads them as the first one’s',
    fault(
      at,
      async ({ service, proxy, laptop, page }) => {
        const ids = (await laptop.interview(page, 50)).map((one) => one.revision_id);
        const first = (await laptop.status(page)).profile.id;
        await page.evaluate(() => device.lock());
        assert.deepEqual((await counts(page)).pending, 50);
        assert.equal((await laptop.status(page)).profile, null);
        await secondPerson(service, proxy, laptop);
        await page.evaluate((passphrase) => device.createProfile(passphrase), 'another four words entirely');
        const { profile } = await laptop.status(page);
        assert.notEqual(profile.id, first);
        assert.equal(await page.evaluate((id) => device.edit(id), ids[0]), null, 'they cannot open what the first one finalised');
        await laptop.drain(page);
        assert.equal(linesOf(service, ids), 50);
        const keyers = service.rows('select distinct keyed_by from sync_lines where revision_id in (select revision_id from sync_lines order by number desc limit 50)');
        assert.deepEqual(keyers.map((row) => row.keyed_by), [first]);
      },
      { own: true },
    ),
  );

  it(
    '39 a wrong passphrase ten times, and one that is forgotten: the queue still goes up',
    fault(at, async ({ laptop, page }) => {
      await laptop.interview(page, 3);
      await page.evaluate(async (consultation) => {
        const found = (await device.consultations()).find((one) => one.code === consultation);
        const link = found.bundles.find((one) => one.current);
        const open = await device.begin({ mode: 'interview', consultation, bundle: link.digest, edition: 'standard', channel: 'face_to_face' });
        open.change({ page: 'somewhere' });
        await open.close();
        await device.lock();
      }, CONSULTATION);
      const tries = await page.evaluate(async (right) => {
        const [{ id }] = (await device.status()).profiles;
        const answers = [];
        for (let turn = 0; turn < 10; turn += 1) answers.push(await device.unlock(id, `not the words at all ${turn}`));
        answers.push(await device.unlock(id, right));
        return answers;
      }, PASSPHRASE);
      assert.ok(tries.every((answer) => !answer.ok), 'even the right one must wait now');
      assert.ok(tries.at(-1).wait_s > 0);
      assert.ok(tries.slice(0, 4).every((answer) => answer.wait_s === 0), 'the first few cost nothing');
      const lost = await page.evaluate(async () => device.forgetProfile((await device.status()).profiles[0].id));
      assert.equal(lost, 1, 'the draft is lost');
      assert.equal((await counts(page)).pending, 3, 'the queue is not');
    }),
  );

  it(
    'another passphrase opens the same drafts, and a rescue file brings what waits to the office',
    fault(at, async ({ service, laptop, page }) => {
      await laptop.interview(page, 2);
      const { wrong, right } = await page.evaluate(
        async ({ old }) => ({ wrong: await device.changePassphrase('not this one at all', 'five other words to know'), right: await device.changePassphrase(old, 'five other words to know') }),
        { old: PASSPHRASE },
      );
      assert.deepEqual([wrong.ok, right.ok], [false, true]);
      const text = await page.evaluate(async () => (await device.rescueFile()).text());
      const lines = text.trim().split('\n').map((line) => JSON.parse(line));
      assert.deepEqual(lines.flatMap((line) => line.items.map((item) => item.revision_id)).sort(), [...laptop.finalised].sort());
      assert.ok(!text.includes(laptop.secret), 'and nobody can read it');
      assert.ok(lines.every((line) => line.items.every((item) => item.sealed && !('payload' in item))));
      const bring = () =>
        page.evaluate(async (body) => (await fetch('/api/v1/sync/recovery', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json(), text.trim());
      const first = await bring();
      assert.equal(first.stored + first.held, 2, JSON.stringify(first));
      assert.equal((await bring()).duplicate, 2, 'bringing it twice changes nothing');
      assert.equal(linesOf(service, laptop.finalised), 2);
    }),
  );
});
