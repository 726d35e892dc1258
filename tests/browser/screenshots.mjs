//! Pictures of the main pages, for people to look at: `make screenshots` leaves them in target/screenshots.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { EDITIONS, SERVICE_HARMONISATION, begin, fillIn, findQuestion, follow, pressOn, send } from './form.mjs';
import { ROOT, asVisitor, launchBrowser, startProgram } from './support.mjs';

const FOLDER = join(ROOT, 'target', 'screenshots');

async function picture(page, name) {
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });
}

async function takeAround(page) {
  await page.goto('/');
  await picture(page, 'list');
  await page.goto(`/${SERVICE_HARMONISATION}`);
  await picture(page, 'start');
}

async function takeForm(page, edition) {
  let taken = 0;
  const each = async () => {
    if (taken < 6) await picture(page, `${edition}-page-${(taken += 1)}`);
  };
  await fillIn(page, SERVICE_HARMONISATION, edition, { each, plan: { council_area: 'southend' } });
  await picture(page, `${edition}-check-answers`);
  await send(page);
  await picture(page, `${edition}-confirmation`);
}

async function takeNarrow(page, edition) {
  await begin(page, SERVICE_HARMONISATION, edition);
  await pressOn(page);
  await pressOn(page);
  await picture(page, `${edition}-320px`);
}

async function takePaper(page, edition) {
  await page.goto(`/${SERVICE_HARMONISATION}/paper/${edition}`);
  const file = join(FOLDER, `paper-${edition}.pdf`);
  writeFileSync(file, await page.pdf({ preferCSSPageSize: true, printBackground: true }));
  execFileSync('pdftoppm', ['-r', '60', '-png', '-l', '6', file, join(FOLDER, `paper-${edition}`)]);
}

/** The README's picture: the same question in both editions, side by side. */
async function takeEditions(page) {
  const shots = [];
  for (const edition of [...EDITIONS].reverse()) {
    await findQuestion(page, edition, 'bariatric_support');
    const question = page.locator('[name="bariatric_support"]').first();
    await question.evaluate((element) => element.closest('fieldset').scrollIntoView({ block: 'center' }));
    shots.push(`<img src="data:image/png;base64,${(await page.screenshot()).toString('base64')}">`);
    await page.context().clearCookies();
  }
  await page.setViewportSize({ width: 1440, height: 780 });
  await page.goto('about:blank');
  await page.setContent(`<style>body{margin:0;padding:20px;background:#cdd4d8;display:flex;gap:20px}</style>${shots.join('')}`);
  await picture(page, 'editions');
}

async function takeResults(page) {
  await page.goto('/analysis');
  await picture(page, 'results-sign-in');
  await page.locator('[name="token"]').fill(program.token);
  await follow(page, page.locator('main').getByRole('button', { name: 'Sign in' }));
  await page.goto(`/analysis/${SERVICE_HARMONISATION}?by=edition`);
  await picture(page, 'results');
}

mkdirSync(FOLDER, { recursive: true });
const program = await startProgram();
const browser = await launchBrowser();
try {
  const visit = (work, options) => asVisitor(browser, program.origin, work, options);
  await visit(takeAround);
  await visit(takeEditions, { viewport: { width: 690, height: 740 }, bypassCSP: true });
  await visit(takeResults);
  for (const edition of EDITIONS) {
    await visit((page) => takeForm(page, edition));
    await visit((page) => takeNarrow(page, edition), { viewport: { width: 320, height: 640 } });
    await visit((page) => takePaper(page, edition));
  }
} finally {
  await browser.close();
  await program.close();
}
