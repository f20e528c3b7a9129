import type { AuditEntry, AuditRecords } from "../../ports/audit-records.ts";

/** Entries that are kept; the oldest go first. */
const MOST = 2_000;

/** For a server that keeps no records. */
export function createMemoryAudit(): AuditRecords {
  const entries = new Map<number, AuditEntry>();
  let last = 0;
  return {
    async begin(entry) {
      const id = ++last;
      entries.set(id, { ...entry, id, outcome: "begun", detail: null });
      for (const oldest of entries.keys()) {
        if (entries.size <= MOST) break;
        entries.delete(oldest);
      }
      return id;
    },
    async settle(id, outcome, detail) {
      const entry = entries.get(id);
      if (entry?.outcome === "begun") entries.set(id, { ...entry, outcome, detail });
    },
    find: async (id) => entries.get(id) ?? null,
    async list({ outcome, before = Infinity, limit }) {
      const fits = (entry: AuditEntry): boolean =>
        entry.id < before && (outcome === undefined || entry.outcome === outcome);
      return [...entries.values()].filter(fits).toReversed().slice(0, limit);
    },
  };
}
