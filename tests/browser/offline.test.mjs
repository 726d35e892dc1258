//! The device app, in one process: its pages, and every fault of a device, its network and its service.

import './offline-pages.mjs';
import './offline/all.mjs';
