//! A mark outside the database that says what was in it, so that a browser that deleted it is found out.

import type { Core } from "./core";

const NAME = "soundings-keying";

/** What the mark says. */
export interface Mark {
  device_id: string;
  /** How many had not been received. */
  waiting: number;
  drafts: number;
}

/** Writes the mark anew, in two places: either may outlive the other. */
export async function remember(core: Core): Promise<void> {
  try {
    const device = await core.storage.meta("enrolment");
    if (!device) return;
    const { waiting, drafts } = await core.storage.read(["state", "drafts"], async (tx) => {
      const queue = tx.objectStore("state").index("queue");
      const of = (state: string) => queue.count(IDBKeyRange.bound([state, 0], [state, Infinity]));
      return { waiting: (await of("pending")) + (await of("attention")), drafts: await tx.objectStore("drafts").count() };
    });
    const mark = JSON.stringify({ device_id: device.device_id, waiting, drafts } satisfies Mark);
    localStorage.setItem(NAME, mark);
    document.cookie = `${NAME}=${encodeURIComponent(mark)}; path=/keying; max-age=31536000; samesite=strict`;
  } catch {
    // A mark that cannot be written finds nothing out, and harms nothing.
  }
}

/** What the mark says; null when there is none. */
export function recall(): Mark | null {
  return read(() => localStorage.getItem(NAME)) ?? read(() => cookie());
}

function cookie(): string | null {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${NAME}=`));
  return found === undefined ? null : decodeURIComponent(found.slice(NAME.length + 1));
}

function read(source: () => string | null): Mark | null {
  try {
    const mark = JSON.parse(source() ?? "null") as Partial<Mark> | null;
    const { device_id, waiting, drafts } = mark ?? {};
    return typeof device_id === "string" && typeof waiting === "number" && typeof drafts === "number" ? { device_id, waiting, drafts } : null;
  } catch {
    return null;
  }
}
