//! The paper form, made by the browser's own printing from the same definition.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { EDITIONS, SERVICE_HARMONISATION } from './form.mjs';
import { EASY_READ_LEAST, smallWords } from './look.mjs';
import { visitor } from './stage.mjs';
import { ROOT } from './support.mjs';

const FOLDER = join(ROOT, 'target', 'screenshots');

/** The page printed as PDF, kept where a person can look at it. */
async function print(page, name) {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${name}.pdf`);
  writeFileSync(file, await page.pdf({ preferCSSPageSize: true, printBackground: true }));
  return file;
}

/** The pages of a PDF as text, one entry each. */
function pagesOf(file) {
  return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).split('\f').slice(0, -1);
}

for (const edition of EDITIONS) {
  describe(`the paper form in the ${edition} edition`, () => {
    const open = (work) =>
      visitor(async (page) => {
        const answer = await page.goto(`/${SERVICE_HARMONISATION}/paper/${edition}`);
        assert.equal(answer.status(), 200);
        return work(page);
      });

    it('prints on A4, with nothing cut off', async () => {
      await open(async (page) => {
        const file = await print(page, `paper-${edition}`);
        const facts = execFileSync('pdfinfo', [file], { encoding: 'utf8' });
        const [, width, height] = /Page size:\s+([\d.]+) x ([\d.]+)/.exec(facts);
        assert.ok(Math.abs(width - 595) < 2 && Math.abs(height - 842) < 2, `${width} x ${height} points`);
        assert.ok(pagesOf(file).length > 1);
      });
    });

    it('shows its version, and asks every question of the form', async () => {
      await open(async (page) => {
        const text = pagesOf(await print(page, `paper-${edition}`)).join('\n').replace(/\s+/g, ' ');
        assert.match(text, /version \d/i);
        for (const service of [/obesity|bariatric|weight/i, /asymmetry|uneven/i, /reduction|smaller/i, /sterili[sz]ation/i, /vasectomy/i, /fertility|IVF/i]) {
          assert.match(text, service);
        }
      });
    });

    it('leads to the online form by a QR code drawn in the page', async () => {
      await open(async (page) => {
        const code = page.locator('svg[role="img"], .app-paper svg, svg').filter({ has: page.locator('path, rect') });
        const sizes = await code.evaluateAll((all) => all.map((svg) => svg.getBoundingClientRect()).map((box) => [box.width, box.height]));
        const square = sizes.filter(([width, height]) => width >= 60 && Math.abs(width - height) < 1);
        assert.ok(square.length > 0, `no square drawing of a size that can be scanned among ${JSON.stringify(sizes)}`);
        assert.match(await page.locator('body').innerText(), new RegExp(`/${SERVICE_HARMONISATION}`), 'the address is in words too');
      });
    });

    if (edition === 'easy-read') {
      it('has no words smaller than 16 point', async () => {
        await open(async (page) => {
          await page.emulateMedia({ media: 'print' });
          assert.deepEqual(await smallWords(page, EASY_READ_LEAST), []);
        });
      });
    }
  });
}
