//! Every fault of a device, its network and its service.

import './network.mjs';
import './deaths.mjs';
import './copied.mjs';
import './restored.mjs';
import './storage.mjs';
import './people.mjs';
import './published.mjs';
import './shell.mjs';
import './soak.mjs';
