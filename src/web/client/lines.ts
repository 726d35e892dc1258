//! Lines of the server's sync log, as receipts carry them: `1|epoch|seq|revision_id|hash|stored|instant`.

/** One line, taken apart. */
export interface Line {
  epoch: string;
  seq: number;
  revision_id: string;
  hash: string;
  became: "stored" | "held";
  at: string;
  /** The line as it was signed. */
  text: string;
}

/** A line taken apart; null when it is none of ours. */
export function parseLine(text: string): Line | null {
  const parts = text.split("|");
  const [one, epoch, number, revision_id, hash, became, at] = parts;
  const seq = Number(number);
  if (parts.length !== 7 || one !== "1" || !epoch || !revision_id || !at) return null;
  if (!Number.isSafeInteger(seq) || seq < 1 || !/^[0-9a-f]{64}$/.test(hash ?? "")) return null;
  if (became !== "stored" && became !== "held") return null;
  return { epoch, seq, revision_id, hash: hash as string, became, at, text };
}

/** The line that proves an item received: it names the item and the very bytes this device keeps. */
export function proof(lines: readonly string[], index: number | undefined, item: { revision_id: string; hash: string }): Line | null {
  const text = index === undefined ? undefined : lines[index];
  const line = text === undefined ? null : parseLine(text);
  return line && line.revision_id === item.revision_id && line.hash === item.hash ? line : null;
}

/** The later of two lines of one epoch: what a device anchors its next push to. */
export function later(one: Line | null, other: Line | null, epoch: string): Line | null {
  const fits = [one, other].filter((line) => line?.epoch === epoch) as Line[];
  return fits.sort((a, b) => b.seq - a.seq)[0] ?? null;
}
