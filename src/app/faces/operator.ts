import { createAccountNews } from "../../core/accounts/news.ts";
import { forget } from "../../core/accounts/forget.ts";
import { operatorFace } from "../../faces/operator/face.ts";
import type { Face } from "../../transport/face.ts";
import type { RecordGround } from "./ground.ts";

export function buildOperator({ config, engine, records, limits, failed }: RecordGround): Face {
  const { clock, random, bus } = engine;
  // Only tells: the devices of this node hear it over the bus, as those of all others.
  const news = createAccountNews({ bus, random, clock, failed: failed("could not tell that somebody was forgotten") });
  const { accounts, persons } = records;
  return operatorFace({
    adminToken: config.ADMIN_TOKEN,
    limit: limits.admin,
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
  });
}
