import type { PersonName } from "../../core/accounts/forget.ts";
import type { Audited } from "../../core/journal/audited.ts";
import type { Forgotten } from "../../ports/person-records.ts";
import { mustOperate, type OperatorAccess } from "../../transport/http/operator.ts";
import { policy } from "../../transport/http/policy.ts";
import { json, route, type Route } from "../../transport/http/route.ts";
import { docs } from "./docs.ts";
import { forgetBody } from "./schema.ts";

export interface OperatorRoutesOptions {
  forget(person: PersonName): Promise<Forgotten>;
  readonly access: OperatorAccess;
  readonly audited: Audited;
}

export function operatorRoutes({ forget, access, audited }: OperatorRoutesOptions): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/admin/forget",
      summary: "Forgets a person",
      doc: docs.forget,
      body: forgetBody,
      policy: policy.operator,
      async handle(call) {
        const { who } = await mustOperate(call, access);
        const person = personOf(call.body);
        const deed = { who, action: "forget", kind: "person", target: SOMEBODY[nameIn(person)] };
        const { gone, left } = await audited(deed, () => forget(person), inWords);
        return json(200, { gone, left });
      },
    }),
  ];
}

/** By which of their names a person is forgotten: the audit log must not remember whom. */
const SOMEBODY = {
  email: "somebody, by address",
  playerId: "somebody, by player",
  connectCode: "somebody, by connect code",
  wallet: "somebody, by wallet",
} as const;

function nameIn(person: PersonName): keyof typeof SOMEBODY {
  if ("email" in person) return "email";
  if ("playerId" in person) return "playerId";
  return "connectCode" in person ? "connectCode" : "wallet";
}

function inWords({ gone, left }: Forgotten): string {
  return left === 0 ? `forgotten: ${gone}` : `forgotten: ${gone}; still going on, and left: ${left}`;
}

/** The schema has seen to it that there is one. */
function personOf({ email, player_id, connect_code, wallet }: (typeof forgetBody)["_output"]): PersonName {
  if (typeof email === "string") return { email };
  if (typeof player_id === "string") return { playerId: player_id };
  return typeof connect_code === "string" ? { connectCode: connect_code } : { wallet: wallet! };
}
