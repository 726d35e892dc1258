//! Names for what codes stand for, as the desk says them.

import type { Channel, Edition } from "../api";

export const EDITION: Record<Edition, string> = { standard: "Standard", easy_read: "Easy read" };

/** How paper reached the office, and how people are interviewed. */
export const SOURCE: Record<string, string> = { library: "Library", event: "Event or workshop", post: "Post", hand_in: "Handed in" };

export const INTERVIEW: Partial<Record<Channel, string>> = {
  face_to_face: "Face to face",
  telephone: "By telephone",
  workshop: "At a workshop or event",
};

export const ENDING = { spoiled: "Spoiled", duplicate: "Duplicate", void: "Void" } as const;

/** A source in words. */
export function sourceName(source: string): string {
  return SOURCE[source] ?? source;
}
