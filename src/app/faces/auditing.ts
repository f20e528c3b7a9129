import { createMemoryAudit } from "../../adapters/memory/audit.ts";
import { createAudited, type Audited, type AuditedDeps } from "../../core/journal/audited.ts";
import type { AuditRecords } from "../../ports/audit-records.ts";
import { problemOf } from "../../transport/http/refusal.ts";
import type { Config } from "../config/settings.ts";
import type { Engine } from "../engine.ts";
import type { RecordKeeper } from "../records.ts";
import { daysOrEver } from "../retention.ts";

/** The audit log. */
export interface Auditing {
  readonly audit: AuditRecords;
  /** The same, if it is in memory because no records are kept; null: it is with them. */
  readonly own: AuditRecords | null;
  readonly audited: Audited;
}

export function createAuditing(
  config: Config,
  { timeOfDay }: Pick<Engine, "timeOfDay">,
  records: RecordKeeper | null,
  rest: Pick<AuditedDeps, "told" | "failed">,
): Auditing {
  const now = (): number => timeOfDay.now();
  const own = records === null ? createMemoryAudit({ now, keepMs: daysOrEver(config.AUDIT_RETENTION_DAYS) }) : null;
  const audit = records?.audit ?? own!;
  return { audit, own, audited: createAudited({ ...rest, audit, now, problemOf }) };
}
