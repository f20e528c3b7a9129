import type { HistoryEntry } from "./wire.ts";

/** How far apart a record and a note of one thing may be, in ms. */
const ECHO_MS = 2_000;

/** What stands in the records is also noted by the node on which it happened. */
export function withoutEchoes(history: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const recorded = history.filter(({ node }) => node === null);
  return history.filter(
    (entry) =>
      entry.node === null ||
      !recorded.some(
        ({ at, what, detail }) =>
          what === entry.what &&
          Math.abs(at - entry.at) < ECHO_MS &&
          (detail === entry.detail || entry.detail === null),
      ),
  );
}
