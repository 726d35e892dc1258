//! Devices at the desk: enrolled by whoever is signed in, looked after by the office, shut out after an "are you sure".

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';

import { SERVICE_HARMONISATION, follow } from './form.mjs';
import { Seen, judge } from './seen.mjs';
import { enter, pressed, staffCommand } from './staff.mjs';
import { stage, visitor } from './stage.mjs';

/** Calls the sync from the page, as a program in this browser does. */
function call(page, path, body) {
  return page.evaluate(
    async ([address, sent]) => {
      const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json', 'x-sync-protocol': '1' }, body: sent });
      return answer.json();
    },
    [path, JSON.stringify(body)],
  );
}

describe('devices', () => {
  const seen = new Seen();

  it('are enrolled, watched and shut out', async () => {
    await visitor(
      async (page) => {
        const email = 'odile@example.org';
        await enter(page, staffCommand(stage.program, 'add', email, '--role', 'desk_officer', '--name', 'Odile'), email);
        await page.goto('/staff/devices');
        assert.match(await page.locator('main').innerText(), /There is no device yet/);
        await seen.look(page);
        const device = await call(page, '/api/v1/sync/devices', { name: 'Laptop 1', place: 'Leigh library' });
        const push = { batch_id: randomUUID(), device_id: device.device_id, epoch: device.epoch, items: [] };
        push.device = { seq_high: 412, pending: 14, oldest_pending_s: 172_800, attention: 1, persisted: false, build: '2026.11.3' };
        const item = { revision_id: randomUUID(), response_id: randomUUID(), device_seq: 2, consultation: SERVICE_HARMONISATION };
        const hash = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
        push.items.push({ ...item, keyed_by: device.staff?.id ?? 'staff:0', hash, payload: '{}' });
        const answer = await call(page, '/api/v1/sync/push', push);
        assert.equal(answer.results[0].reason, 'unreadable', JSON.stringify(answer));
        await page.goto('/staff/devices');
        const table = await page.locator('table').innerText();
        for (const said of [/Laptop 1/, /Leigh library/, /412/, /14/, /2 days/, /Number 1 is missing/, /may delete it/]) assert.match(table, said);
        await seen.look(page);
        await follow(page, page.getByRole('link', { name: 'What it works on (Laptop 1)' }));
        await seen.look(page);
        await page.getByLabel(/SEND/).uncheck();
        await pressed(page, 'Save');
        assert.match(await page.locator('main').innerText(), /Its consultations are changed/);
        await page.locator('main').getByRole('button', { name: 'Bring it in' }).click();
        await page.waitForURL(/rescue/);
        assert.match(await page.locator('.nhsuk-error-summary').innerText(), /Choose the rescue file/);
        await seen.look(page);
        const file = { name: 'rescue.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(push)) };
        await page.getByLabel('Rescue file').setInputFiles(file);
        await page.locator('main').getByRole('button', { name: 'Bring it in' }).click();
        await page.getByText('1 were here before').waitFor();
        await seen.look(page);
        await page.goto('/staff/devices');
        await follow(page, page.getByRole('link', { name: 'Shut out (Laptop 1)' }));
        assert.match(await page.locator('main').innerText(), /Are you sure[\s\S]*14 items waited on it/);
        await seen.look(page);
        await pressed(page, 'Yes, shut it out');
        assert.match(await page.locator('main').innerText(), /It is shut out/);
        await page.goto(`/staff/${SERVICE_HARMONISATION}/held`);
        await follow(page, page.getByRole('link', { name: /A device handed it in and it cannot be read/ }));
        assert.equal(await page.getByRole('radio').count(), 1, 'it can only be set aside');
        await seen.look(page);
      },
      { javaScriptEnabled: true, bypassCSP: true },
    );
  });

  judge(seen, 4, 'devices and what is done with them');
});
