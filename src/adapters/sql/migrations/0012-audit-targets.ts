import type { Migration } from "./migration.ts";

/** What operators have done to somebody, who is to be forgotten, without reading all they have done. */
export const auditTargets: Migration = {
  number: 12,
  name: "audit targets",
  statements: () => [`CREATE INDEX audit_entries_by_target ON audit_entries (target)`],
};
