//! Residents' pages, in one process: these tests share one running program and one browser.

import './journey.mjs';
import './bad-connection.mjs';
import './change-of-mind.mjs';
import './errors.mjs';
import './every-page.mjs';
import './keyboard.mjs';
import './paper.mjs';
