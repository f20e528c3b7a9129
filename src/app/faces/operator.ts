import { createAccountNews, type AccountNewsFeed } from "../../core/accounts/news.ts";
import { forget } from "../../core/accounts/forget.ts";
import { createUpkeep } from "../../core/journal/upkeep.ts";
import { createDashboard } from "../../faces/operator/dashboard.ts";
import { operatorFace } from "../../faces/operator/face.ts";
import type { OperatorRoutesOptions } from "../../faces/operator/routes.ts";
import type { Face } from "../../transport/face.ts";
import { dashboardAccess, operatorAccess } from "../operator-access.ts";
import type { ProcessLink } from "../process-link.ts";
import type { RecordKeeper } from "../records.ts";
import type { Ground } from "./ground.ts";

export function buildOperator(ground: Ground, records: RecordKeeper | null, process: ProcessLink): Face {
  const { config, engine, cluster, limits, access, auditing, showcase, failed } = ground;
  const { clock, random, bus, timeOfDay } = engine;
  // The devices of this node hear what it tells over the bus, as those of all others.
  const news = createAccountNews({ bus, random, clock, failed: failed("could not tell that somebody was forgotten") });
  const upkeep = createUpkeep({
    journal: showcase.journal,
    news,
    clock,
    // Records have forgotten them already.
    forget: (named) => void auditing.own?.forget(named).catch(failed("could not forget somebody in the audit log")),
  });
  const face = operatorFace({
    persons: records === null ? null : forgetting(ground, records, news),
    dashboard: createDashboard({
      ...process,
      ...cluster,
      ...auditing,
      showcase,
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

function forgetting(
  { config, access, auditing }: Pick<Ground, "config" | "access" | "auditing">,
  records: RecordKeeper,
  news: AccountNewsFeed,
): OperatorRoutesOptions {
  const { accounts, persons } = records;
  return {
    access: operatorAccess(config, access),
    audited: auditing.audited,
    forget: (person) =>
      forget(
        {
          accounts,
          persons,
          clock: records.clock,
          onRemoved(email, { tokenIds, contacts, order }) {
            if (tokenIds.length > 0) news.tell({ type: "revoked", tokenIds });
            news.tell({ type: "removed", emails: [email] });
            const change = { who: email, are: false, order };
            news.tell({ type: "contacts", emails: [email, ...contacts], change });
          },
          onForgotten: (names) => news.tell({ type: "forgotten", names }),
        },
        person,
      ),
  };
}
