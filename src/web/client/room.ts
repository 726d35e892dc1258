//! How much room is left: at four fifths of it nothing new is begun, so that what was begun can still be finished, kept and sent.

import type { Core } from "./core";
import { dropReceived } from "./outbox";

/** The part of the room at which nothing new is begun. */
const STOP_AT = 0.8;

/** What the browser says of the room it gives us, in bytes. */
export interface Room {
  usage: number;
  quota: number;
}

/** What the browser says; null when it does not tell. */
async function measured(): Promise<Room | null> {
  const { usage, quota } = (await navigator.storage?.estimate?.().catch(() => null)) ?? {};
  return typeof usage === "number" && typeof quota === "number" ? { usage, quota } : null;
}

/** Whether so much is used that nothing new should be begun. A browser that tells nothing is believed to have room. */
export function nearlyFull(room: Room | null): boolean {
  return room !== null && room.quota > 0 && room.usage >= room.quota * STOP_AT;
}

/** How much is used, in whole percent, never more than all of it. */
export function percent(room: Room): number {
  return Math.min(100, Math.floor((room.usage / room.quota) * 100));
}

/**
 * Whether something new may be begun; says so when not. What was received makes room first. A device on which nothing waits is
 * never stopped: a browser may be slow to notice that room was made, and there is nothing left to be sent first.
 */
export async function mayBegin(core: Core): Promise<boolean> {
  if (!nearlyFull(await measured())) return goesOn(core);
  await dropReceived(core, new Date(Date.now() - core.settings.undo_ms).toISOString()).catch((cause: unknown) => core.room(cause));
  const room = await measured();
  if (room === null || !nearlyFull(room) || (await waiting(core)) === 0) return goesOn(core);
  await core.notice("nearly_full", String(percent(room)));
  return false;
}

async function goesOn(core: Core): Promise<true> {
  await core.unnotice("nearly_full");
  return true;
}

/** How many things would be sent, or kept for a person, if the network came back. */
function waiting(core: Core): Promise<number> {
  return core.storage.read(["state"], async (tx) => {
    const queue = tx.store.index("queue");
    const of = (state: string) => queue.count(IDBKeyRange.bound([state, 0], [state, Infinity]));
    return (await of("pending")) + (await of("attention"));
  });
}
