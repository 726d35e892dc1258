//! Every browser test, in one process: they share one running program and one browser.

import './journey.mjs';
import './bad-connection.mjs';
import './change-of-mind.mjs';
import './coding.mjs';
import './desk.mjs';
import './devices.mjs';
import './errors.mjs';
import './evidence.mjs';
import './every-page.mjs';
import './keyboard.mjs';
import './keying.mjs';
import './offline-pages.mjs';
import './paper.mjs';
import './people.mjs';
import './upload.mjs';
