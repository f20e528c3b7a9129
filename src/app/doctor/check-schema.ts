import type { MigrationState } from "../../ports/migrations.ts";
import { ok, warn, type Finding } from "./finding.ts";

/** How the schema of the records stands. */
export function judgeSchema(subject: string, states: readonly MigrationState[]): Finding {
  const missing = states.filter(({ appliedAt }) => appliedAt === null);
  if (missing.length === 0) return ok(subject, `The schema is up to date (${states.length} migrations).`);
  if (missing.length === states.length) return ok(subject, "The database is empty; serve makes the schema.");
  const sentence = `The schema lacks ${missing.map(({ number, name }) => `${number} (${name})`).join(", ")}.`;
  return warn(subject, sentence, "serve brings it up to date when it starts, or rendezvous migrate does now.");
}
