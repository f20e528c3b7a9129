import { isNamed } from "../../ports/audit-names.ts";
import { SOMEBODY_FORGOTTEN, type AuditEntry, type AuditRecords } from "../../ports/audit-records.ts";

/** Entries that are kept; the oldest go first. */
const MOST = 2_000;

export interface MemoryAuditOptions {
  /** In ms. */
  readonly now: () => number;
  /** After so long an entry goes, in ms; null: never. */
  readonly keepMs: number | null;
}

/** For a server that keeps no records. */
export function createMemoryAudit({ now, keepMs }: MemoryAuditOptions): AuditRecords {
  const entries = new Map<number, AuditEntry>();
  let last = 0;
  /** They come in the order of their times. */
  const dropAged = (): void => {
    const before = keepMs === null ? -Infinity : now() - keepMs;
    for (const [id, { at }] of entries) {
      if (at > before && entries.size <= MOST) return;
      entries.delete(id);
    }
  };
  return {
    async begin(entry) {
      const id = ++last;
      entries.set(id, { ...entry, id, outcome: "begun", detail: null });
      dropAged();
      return id;
    },
    async settle(id, outcome, detail) {
      const entry = entries.get(id);
      if (entry?.outcome === "begun") entries.set(id, { ...entry, outcome, detail });
    },
    async find(id) {
      dropAged();
      return entries.get(id) ?? null;
    },
    async list({ outcome, before = Infinity, limit }) {
      dropAged();
      const fits = (entry: AuditEntry): boolean =>
        entry.id < before && (outcome === undefined || entry.outcome === outcome);
      return [...entries.values()].filter(fits).toReversed().slice(0, limit);
    },
    async forget(named) {
      const theirs = [...entries.values()].filter(({ target }) => isNamed(named, target));
      for (const entry of theirs) {
        const detail = entry.detail === null ? null : SOMEBODY_FORGOTTEN;
        entries.set(entry.id, { ...entry, target: SOMEBODY_FORGOTTEN, detail });
      }
      return theirs.length;
    },
  };
}
