//! What is ready on this device: consultations, the form versions they have, and whose turn each sheet is.

import type { BatchHere, Bundle, Device, Edition, PulledConsultation } from "../api";

export type BundleLink = PulledConsultation["bundles"][number];

/** A form version, and whether it is on this device. */
export interface Readiness {
  link: BundleLink;
  here: boolean;
}

/** Bundles never change: one that was here once is here, whatever was deleted since is asked for again. */
const held = new Map<string, Bundle>();

/** A bundle that is on the device; null when it is not. */
export async function bundleOf(device: Device, digest: string): Promise<Bundle | null> {
  const known = held.get(digest);
  if (known) return known;
  const found = await device.bundle(digest);
  if (found) held.set(digest, found);
  return found;
}

/** Every form version of a consultation, the one to begin with first. */
export async function readiness(device: Device, consultation: PulledConsultation): Promise<Readiness[]> {
  const links = [...consultation.bundles].sort((a, b) => Number(b.current) - Number(a.current) || b.version - a.version);
  return Promise.all(links.map(async (link) => ({ link, here: (await bundleOf(device, link.digest)) !== null })));
}

/** The consultation with this code; null when this device was not given it. */
export async function consultationOf(device: Device, code: string): Promise<PulledConsultation | null> {
  return (await device.consultations()).find((one) => one.code === code) ?? null;
}

/** The bundle to key a batch with: the version printed on its sheets. */
export function bundleFor(consultation: PulledConsultation, version: number): BundleLink | null {
  return consultation.bundles.find((one) => one.version === version) ?? null;
}

/** The bundle to begin with in an edition. */
export function currentBundle(consultation: PulledConsultation, edition: Edition): BundleLink | null {
  const fit = consultation.bundles.filter((one) => one.editions.includes(edition));
  return fit.find((one) => one.current) ?? fit.at(-1) ?? null;
}

/** Whether paper may still be keyed and people be interviewed. The service decides; a device only says so. */
export function open(consultation: PulledConsultation): boolean {
  return consultation.stage === "open" || consultation.stage === "closing";
}

/** What somebody may key in a batch: sheets that nobody has keyed, and those that wait for a second keying by another. */
export interface ToKey {
  first: number[];
  second: number[];
}

/** What this keyer may key, as far as this device knows. */
export function toKey(batch: BatchHere, me: string): ToKey {
  const done = new Set(batch.done_here.map((one) => one.sheet));
  const mine = new Set(batch.done_here.filter((one) => one.profile === me).map((one) => one.sheet));
  const taken = new Set(batch.drafts_here.filter((one) => one.profile !== me).map((one) => one.sheet));
  return {
    first: batch.open.filter((sheet) => !done.has(sheet) && !taken.has(sheet)),
    second: batch.twice.filter((sheet) => batch.keyed_by?.[String(sheet)] !== me && !mine.has(sheet) && !taken.has(sheet)),
  };
}

/** The sheet to go on with after one: the next open number, else the first, else one to be keyed a second time. */
export function nextSheet(left: ToKey, after: number): number | null {
  return left.first.find((sheet) => sheet > after) ?? left.first[0] ?? left.second.find((sheet) => sheet > after) ?? left.second[0] ?? null;
}
