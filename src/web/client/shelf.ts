//! What the device has of consultations, forms and batches: read from the storage, whole or not at all.

import type { BatchHere } from "./api";
import type { Core } from "./core";
import type { Bundle, PulledBatch, PulledConsultation } from "./shapes";

const parsed = new Map<string, Bundle>();

/** A bundle that is on the device. */
export async function bundleOf(core: Core, digest: string): Promise<Bundle | null> {
  const known = parsed.get(digest);
  if (known) return known;
  const row = await core.storage.read(["bundles"], (tx) => tx.store.get(digest));
  if (!row) return null;
  const bundle = JSON.parse(row.body) as Bundle;
  parsed.set(digest, bundle);
  return bundle;
}

/** The consultations this device was given, in the order of their titles: as they stood when all their forms were here. */
export async function consultations(core: Core): Promise<PulledConsultation[]> {
  const rows = await core.storage.read(["shelf"], (tx) => tx.store.getAll());
  const ready = rows.flatMap((row) => (row.what === "consultation" && row.ready ? [row.ready] : []));
  return ready.sort((a, b) => a.title.localeCompare(b.title, "en-GB"));
}

/** One batch, as the service last told of it. */
export async function batchOf(core: Core, consultation: string, batch: number): Promise<PulledBatch | null> {
  const row = await core.storage.read(["shelf"], (tx) => tx.store.get(`batches:${consultation}`));
  return row?.what === "batches" ? (row.batches.find((one) => one.batch === batch) ?? null) : null;
}

/** The open batches of a consultation, with what is on this device. */
export function batches(core: Core, consultation: string): Promise<BatchHere[]> {
  return core.storage.read(["shelf", "state", "drafts"], async (tx) => {
    const row = await tx.objectStore("shelf").get(`batches:${consultation}`);
    if (row?.what !== "batches") return [];
    const drafts = await tx.objectStore("drafts").getAll();
    const sheets = tx.objectStore("state").index("sheet");
    return Promise.all(
      row.batches.map(async (batch) => {
        const states = await sheets.getAll([consultation, batch.batch]);
        const here = drafts.filter((draft) => draft.consultation === consultation && draft.batch === batch.batch);
        return {
          ...batch,
          done_here: states.flatMap(({ sheet, keyed_by }) => (sheet === null ? [] : [{ sheet, profile: keyed_by }])),
          drafts_here: here.flatMap(({ sheet, profile }) => (sheet === null ? [] : [{ sheet, profile }])),
        };
      }),
    );
  });
}
