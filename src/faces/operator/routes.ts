import type { PersonName } from "../../core/accounts/forget.ts";
import type { Forgotten } from "../../ports/person-records.ts";
import { mustOperate, type OperatorAccess } from "../../transport/http/operator.ts";
import { policy } from "../../transport/http/policy.ts";
import { json, route, type Route } from "../../transport/http/route.ts";
import { docs } from "./docs.ts";
import { forgetBody } from "./schema.ts";

export interface OperatorRoutesOptions {
  forget(person: PersonName): Promise<Forgotten>;
  readonly access: OperatorAccess;
}

export function operatorRoutes({ forget, access }: OperatorRoutesOptions): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/admin/forget",
      summary: "Forgets a person",
      doc: docs.forget,
      body: forgetBody,
      policy: policy.operator,
      async handle(call) {
        await mustOperate(call, access);
        const { gone, left } = await forget(personOf(call.body));
        return json(200, { gone, left });
      },
    }),
  ];
}

/** The schema has seen to it that there is one. */
function personOf({ email, player_id, connect_code, wallet }: (typeof forgetBody)["_output"]): PersonName {
  if (typeof email === "string") return { email };
  if (typeof player_id === "string") return { playerId: player_id };
  return typeof connect_code === "string" ? { connectCode: connect_code } : { wallet: wallet! };
}
