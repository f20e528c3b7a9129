import { createMemoryAudit } from "../../adapters/memory/audit.ts";
import { createAccountNews } from "../../core/accounts/news.ts";
import { forget } from "../../core/accounts/forget.ts";
import { createDashboard } from "../../faces/operator/dashboard.ts";
import { operatorFace } from "../../faces/operator/face.ts";
import type { OperatorRoutesOptions } from "../../faces/operator/routes.ts";
import type { Face } from "../../transport/face.ts";
import { dashboardAccess, operatorAccess } from "../operator-access.ts";
import type { ProcessLink } from "../process-link.ts";
import type { RecordKeeper } from "../records.ts";
import type { Ground } from "./ground.ts";

export function buildOperator(ground: Ground, records: RecordKeeper | null, process: ProcessLink): Face {
  const { config, engine, cluster, limits, access, showcase, failed } = ground;
  const { clock, timeOfDay } = engine;
  return operatorFace({
    persons: records === null ? null : forgetting(ground, records),
    dashboard: createDashboard({
      ...process,
      ...cluster,
      showcase,
      audit: records?.audit ?? createMemoryAudit(),
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
}

function forgetting({ config, engine, access, failed }: Ground, records: RecordKeeper): OperatorRoutesOptions {
  const { clock, random, bus } = engine;
  // Only tells: the devices of this node hear it over the bus, as those of all others.
  const news = createAccountNews({ bus, random, clock, failed: failed("could not tell that somebody was forgotten") });
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
        },
        person,
      ),
  };
}
