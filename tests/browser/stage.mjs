//! One running program and one browser for all tests of a run, started before the first and closed after the last.

import { after, before } from 'node:test';

import { asVisitor, launchBrowser, startProgram } from './support.mjs';

/** The program and the browser; set once the tests run. */
export const stage = { program: null, browser: null };

before(async () => {
  stage.program = await startProgram();
  stage.browser = await launchBrowser();
});

after(async () => {
  await stage.browser?.close();
  await stage.program?.close();
});

/** A visitor without JavaScript, as most of these tests want. */
export function visitor(work, options) {
  return asVisitor(stage.browser, stage.program.origin, work, options);
}

/** A visitor whose browser runs scripts, so that axe can; the pages' own content policy is set aside for axe alone. */
export function visitorForAxe(work, options) {
  return visitor(work, { javaScriptEnabled: true, bypassCSP: true, ...options });
}
