//! The desk, in one process: these tests share one running program and one browser.

import './coding.mjs';
import './desk.mjs';
import './devices.mjs';
import './evidence.mjs';
import './keying.mjs';
import './people.mjs';
import './upload.mjs';
