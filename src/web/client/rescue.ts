//! The rescue file: everything the service has not received, still sealed, to be carried to the office by hand.

import type { Core } from "./core";
import { uuid7 } from "./uuid";

/** Items read from the storage at a time. */
const PAGE = 100;

/**
 * One line of JSON for each device this laptop has been enrolled as, nearly always one, in the shape that `recovery` takes. It holds
 * nothing that anybody but the service can read, and may be taken at any time, twice too.
 */
export async function rescueFile(core: Core): Promise<File> {
  const device = await core.storage.meta("enrolment");
  const found = new Map<string, string[]>();
  for (const state of ["pending", "attention"] as const) {
    let from = 1;
    for (;;) {
      const page = await items(core, state, from);
      if (page.length === 0) break;
      from = (page.at(-1)?.device_seq ?? from) + 1;
      for (const { device_id, item } of page) found.set(device_id, [...(found.get(device_id) ?? []), item]);
    }
  }
  const lines = [...found].map(([device_id, texts]) => `{"batch_id":"${uuid7()}","device_id":"${device_id}","items":[${texts.join(",")}]}\n`);
  const name = (device?.name ?? "device").toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const day = new Date().toISOString().slice(0, 10);
  return new File(lines, `soundings-rescue-${name}-${day}.ndjson`, { type: "application/x-ndjson" });
}

interface Found {
  device_seq: number;
  device_id: string;
  item: string;
}

function items(core: Core, state: string, from: number): Promise<Found[]> {
  return core.storage.read(["state", "revisions"], async (tx) => {
    const found: Found[] = [];
    for await (const cursor of tx.objectStore("state").index("queue").iterate(IDBKeyRange.bound([state, from], [state, Infinity]))) {
      const row = await tx.objectStore("revisions").get(cursor.value.revision_id);
      if (row) found.push({ device_seq: cursor.value.device_seq, device_id: row.device_id, item: row.item });
      if (found.length === PAGE) break;
    }
    return found;
  });
}
