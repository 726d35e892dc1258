//! What a page is looked at for: axe, sideways scrolling, its structure, the size of easy-read words.

import assert from 'node:assert/strict';
import { it } from 'node:test';

import { AxeBuilder } from '@axe-core/playwright';

import { EASY_READ_LEAST, sideways, smallWords } from './look.mjs';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const NORMAL = { width: 1280, height: 800 };
const WIDTHS = [320, 768, 1280];

/** A window of 1280 by 1024 at 400 % zoom shows as much as one of 320 by 256. */
const ZOOMED = { width: 320, height: 256 };

/** What was seen on the pages: a list of faults of each kind, and the pages looked at. */
export class Seen {
  pages = [];
  axe = [];
  sideways = [];
  small = [];
  structure = [];

  /** Looks at one page. `easy` says that it is an easy-read page. */
  async look(page, { easy = false } = {}) {
    const { pathname, hash } = new URL(page.url());
    const path = pathname + (hash.startsWith('#/') ? hash : '');
    this.pages.push(path);
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
    for (const { id, nodes } of violations) this.axe.push(`${path}: ${id}: ${nodes.map((node) => node.html).join(' ')}`);
    await this.#lookAtStructure(page, path);
    await page.setViewportSize(ZOOMED);
    const wide = await sideways(page);
    if (wide) this.sideways.push(`${path}: ${wide}`);
    if (easy) await this.#lookAtWords(page, path);
    await page.setViewportSize(NORMAL);
  }

  async #lookAtStructure(page, path) {
    const facts = await page.evaluate(() => ({
      headings: document.querySelectorAll('h1').length,
      language: document.documentElement.lang,
      title: document.title,
      main: document.querySelectorAll('main').length,
      twice: [...document.querySelectorAll('[id]')].map((e) => e.id).filter((id, at, all) => all.indexOf(id) !== at),
    }));
    if (facts.headings !== 1) this.structure.push(`${path}: ${facts.headings} main headings`);
    if (!/^(en|cy)/.test(facts.language)) this.structure.push(`${path}: language “${facts.language}”`);
    if (facts.main !== 1) this.structure.push(`${path}: ${facts.main} main parts`);
    if (facts.title.trim() === '') this.structure.push(`${path}: no title`);
    if (facts.twice.length > 0) this.structure.push(`${path}: ids used twice: ${facts.twice}`);
  }

  async #lookAtWords(page, path) {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      for (const words of await smallWords(page, EASY_READ_LEAST)) this.small.push(`${path} at ${width} px: ${words}`);
    }
    await page.emulateMedia({ media: 'print' });
    for (const words of await smallWords(page, EASY_READ_LEAST)) this.small.push(`${path} in print: ${words}`);
    await page.emulateMedia({ media: 'screen' });
  }
}

/** One test for each kind of fault. */
export function judge(seen, least, pages) {
  it(`looked at every page there is (${pages})`, () => {
    assert.ok(new Set(seen.pages).size >= least, `only ${seen.pages.length} pages: ${seen.pages.join(' ')}`);
  });
  it('axe finds nothing by the rules of WCAG 2.0 to 2.2, levels A and AA', () => assert.deepEqual(seen.axe, []));
  it('nothing scrolls sideways at 320 px, nor at 400 % zoom', () => assert.deepEqual(seen.sideways, []));
  it('each has one main heading, one main part, a title, a language and no id twice', () => assert.deepEqual(seen.structure, []));
}
