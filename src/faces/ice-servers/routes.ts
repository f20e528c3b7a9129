import type { IceServers } from "../../core/credentials/ice-servers.ts";
import { DomainError } from "../../core/errors/errors.ts";
import type { Random } from "../../ports/random.ts";
import type { Caller } from "../../transport/http/call.ts";
import { policy } from "../../transport/http/policy.ts";
import { route, type Route } from "../../transport/http/route.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { docs } from "./docs.ts";
import { presentIceServers } from "./present.ts";

export interface IceServersRoutesOptions {
  readonly iceServers: IceServers;
  readonly limits: { readonly turn: RequestLimit | undefined };
  /** True: peers are to meet over TURN alone. */
  readonly relayOnly?: boolean;
  readonly random: Random;
  /** How long the credentials are good for. */
  readonly ttlSeconds: number;
  /** Who may have credentials; null: whoever is let in. */
  readonly mayHave: ((caller: Caller) => Promise<boolean>) | null;
}

/** Bytes of chance in a user name: enough that two callers never share a TURN server's quota. */
const USER_BYTES = 9;

export function iceServersRoutes({
  iceServers,
  limits,
  relayOnly = false,
  random,
  ttlSeconds,
  mayHave,
}: IceServersRoutesOptions): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/ice-servers",
      summary: "STUN and TURN servers with fresh credentials",
      doc: docs.list,
      policy: policy.signedInOrAccount,
      limit: limits.turn,
      async handle({ caller }) {
        if (mayHave !== null && !(await mayHave(caller))) throw new DomainError("not_matched");
        return presentIceServers(iceServers(random.token(USER_BYTES)), ttlSeconds, relayOnly);
      },
    }),
  ];
}
