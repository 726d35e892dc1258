//! The app's beginning: opens the device and hands it to the pages.

import { openDevice } from "./device";
import { start } from "./pages/main";

start(await openDevice());
