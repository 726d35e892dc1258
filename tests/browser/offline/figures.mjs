//! How long things take on the device, measured and printed; nothing is judged. By hand: `node --test --test-reporter=spec tests/browser/offline/figures.mjs`.

import { describe, it } from 'node:test';

import { CONSULTATION } from './bench.mjs';
import { fault, house } from './house.mjs';
import { PUSH } from './proxy.mjs';

/** How many wait, in the cases that send. */
const QUEUES = (process.env.SOUNDINGS_QUEUES ?? '1000,10000').split(',').map(Number);
const STARTS = 5;

const middle = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const ms = (value) => `${Math.round(value)} ms`;

/** The app itself in a tab, kept by its worker. */
async function installed(laptop, origin) {
  const page = await laptop.context.newPage();
  await page.goto(`${origin}/keying/`);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.goto(`${origin}/keying/`);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.close();
}

describe('figures', () => {
  const at = house();

  it(
    'a cold start without a network, from a browser that was closed',
    fault(
      at,
      async ({ proxy, laptop, test }) => {
        await installed(laptop, proxy.origin);
        const took = [];
        for (let turn = 0; turn < STARTS; turn += 1) {
          await laptop.context.close();
          await laptop.switchOn();
          await laptop.context.setOffline(true);
          const page = await laptop.context.newPage();
          const began = performance.now();
          await page.goto(`${proxy.origin}/keying/`);
          await page.locator('#app h1').waitFor();
          took.push(performance.now() - began);
        }
        test.diagnostic(`from the address to the first page: ${took.map(ms).join(', ')}; the middle one ${ms(middle(took))}`);
        await laptop.context.setOffline(false);
      },
      { own: true, ends: false },
    ),
  );

  it(
    'to finalise one',
    fault(at, async ({ laptop, page, test }) => {
      const took = await page.evaluate(
        async ({ consultation, words }) => {
          const found = (await device.consultations()).find((one) => one.code === consultation);
          const link = found.bundles.find((one) => one.current);
          const took = [];
          for (let number = 0; number < 200; number += 1) {
            const open = await device.begin({ mode: 'interview', consultation, bundle: link.digest, edition: 'standard', channel: 'face_to_face' });
            open.change({ entry: { values: {}, marks: {}, note: words } });
            const began = performance.now();
            await open.finalise();
            took.push(performance.now() - began);
          }
          return took.sort((a, b) => a - b);
        },
        { consultation: CONSULTATION, words: laptop.secret },
      );
      test.diagnostic(`sealed, numbered and on the disk: half within ${took[100].toFixed(1)} ms, 95 in 100 within ${took[190].toFixed(1)} ms`);
    }),
  );

  for (const count of QUEUES) {
    it(
      `to send ${count} that wait`,
      fault(at, async ({ proxy, laptop, page, test }) => {
        const began = performance.now();
        // Bit by bit: one call of so many would be longer than a call may take.
        for (let kept = 0; kept < count; kept += 500) await laptop.interview(page, Math.min(500, count - kept));
        test.diagnostic(`finalised in ${ms(performance.now() - began)}`);
        const memory = await laptop.memory(page);
        const before = await memory();
        const from = proxy.seen.length;
        const started = performance.now();
        await laptop.drain(page, 1);
        const took = performance.now() - started;
        const pushes = proxy.seen.slice(from).filter((one) => PUSH.test(one.url));
        const bytes = pushes.reduce((sum, one) => sum + one.bytes, 0);
        test.diagnostic(`sent in ${ms(took)}: ${pushes.length} pushes, ${Math.round(bytes / 1024)} KiB, ${Math.round(bytes / count)} bytes an item, ${Math.round((count / took) * 1000)} items a second`);
        test.diagnostic(`memory afterwards: ${Math.round(((await memory()) - before) / 1024)} KiB more than before`);
      }),
    );
  }
});
