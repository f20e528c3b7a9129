import { createMemoryAudit } from "../../adapters/memory/audit.ts";
import { createAccountNews, type AccountNewsFeed } from "../../core/accounts/news.ts";
import { forget } from "../../core/accounts/forget.ts";
import { createUpkeep } from "../../core/journal/upkeep.ts";
import type { AuditRecords } from "../../ports/audit-records.ts";
import { createDashboard } from "../../faces/operator/dashboard.ts";
import { operatorFace } from "../../faces/operator/face.ts";
import type { OperatorRoutesOptions } from "../../faces/operator/routes.ts";
import type { Face } from "../../transport/face.ts";
import { dashboardAccess, operatorAccess } from "../operator-access.ts";
import type { ProcessLink } from "../process-link.ts";
import type { RecordKeeper } from "../records.ts";
import { daysOrEver } from "../retention.ts";
import type { Ground } from "./ground.ts";

export function buildOperator(ground: Ground, records: RecordKeeper | null, process: ProcessLink): Face {
  const { config, engine, cluster, limits, access, showcase, failed } = ground;
  const { clock, random, bus, timeOfDay } = engine;
  // The devices of this node hear what it tells over the bus, as those of all others.
  const news = createAccountNews({ bus, random, clock, failed: failed("could not tell that somebody was forgotten") });
  const ownAudit = records === null ? auditInMemory(ground) : null;
  const upkeep = createUpkeep({
    journal: showcase.journal,
    news,
    clock,
    // Records have forgotten them already.
    forget: (named) => void ownAudit?.forget(named).catch(failed("could not forget somebody in the audit log")),
  });
  const face = operatorFace({
    persons: records === null ? null : forgetting(ground, records, news),
    dashboard: createDashboard({
      ...process,
      ...cluster,
      showcase,
      audit: records?.audit ?? ownAudit!,
      clock,
      timeOfDay,
      failed: failed("a step of the dashboard failed"),
    }),
    access: dashboardAccess(config, access),
    clock,
    timeOfDay,
    reads: limits.read,
    limit: limits.admin,
  });
  return {
    ...face,
    start() {
      news.start();
      upkeep.start();
      return face.start?.();
    },
    async stop() {
      upkeep.stop();
      news.stop();
      await face.stop?.();
    },
  };
}

function auditInMemory({ config, engine }: Ground): AuditRecords {
  const { timeOfDay } = engine;
  return createMemoryAudit({ now: () => timeOfDay.now(), keepMs: daysOrEver(config.AUDIT_RETENTION_DAYS) });
}

function forgetting(
  { config, access }: Pick<Ground, "config" | "access">,
  records: RecordKeeper,
  news: AccountNewsFeed,
): OperatorRoutesOptions {
  const { accounts, persons } = records;
  return {
    access: operatorAccess(config, access),
    forget: (person) =>
      forget(
        {
          accounts,
          persons,
          clock: records.clock,
          onRemoved(email, { tokenIds, contacts }) {
            if (tokenIds.length > 0) news.tell({ type: "revoked", tokenIds });
            news.tell({ type: "removed", emails: [email] });
            news.tell({ type: "contacts", emails: [email, ...contacts] });
          },
          onForgotten: (names) => news.tell({ type: "forgotten", names }),
        },
        person,
      ),
  };
}
