//! A draft that is on the disk before its page is shown.

import type { Beginning } from "../api";
import { isForRoom, type App } from "./app";
import { nothing } from "./written";

/** Begins a draft and keeps it: its id. Null when there is too little room for one. */
export async function begunDraft(app: App, beginning: Beginning): Promise<string | null> {
  try {
    const opened = await app.device.begin(beginning);
    opened.change({ entry: nothing() });
    await opened.keep();
    await opened.close();
    return opened.draft.response_id;
  } catch (error) {
    if (isForRoom(error)) return null;
    throw error;
  }
}
