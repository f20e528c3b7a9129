import { challenge, handshakeToken } from "../http/bearer.ts";
import { asked, callerOf, count, countCaller, refuseOrigins, type Gate } from "../http/gate.ts";
import { isLocal } from "../http/local.ts";
import { checkOwner } from "../http/policy.ts";
import { problemOf, Refusal, type Problem } from "../http/refusal.ts";
import { paramsOf } from "../http/params.ts";
import { plainRefusal, type Call } from "../http/route.ts";
import { sayStanding } from "../limits/headers.ts";
import { tighter, type RequestLimit, type Standing } from "../limits/limit.ts";
import type { Meter, Meters } from "../limits/meter.ts";
import type { Connection, SocketRoute } from "./socket.ts";

/** A request that wants to become a socket. */
export interface Wish {
  readonly request: Request;
  readonly peer: string;
  /** Stands in for the host that a request does not name. */
  readonly base: string;
  /** Whom the socket counts on; see `clientOf`. */
  readonly client: string | null;
  readonly meters: Meters;
  /** How often a client may connect where the route does not say. */
  readonly limit: RequestLimit | undefined;
  /** An error nobody meant. */
  failed(error: unknown): void;
}

/** A socket that may be opened: who speaks for it, and what counts what it sends. */
export interface Accepted {
  readonly connection: Connection;
  readonly meter: Meter;
}

/** Counts a handshake, finds out who it comes from, and lets the route decide. A Response refuses it. */
export async function shakeHands(route: SocketRoute, gate: Gate, wish: Wish): Promise<Accepted | Response> {
  const { request, peer, base, client, meters, failed } = wish;
  const limit = route.limit ?? wish.limit;
  let standing: Standing | null = null;
  try {
    if (limit !== undefined) standing = await count(gate, limit, request, peer, undefined);
    if (standing?.allowed === false) throw new Refusal("rate_limited");
    refuseOrigins(gate, request, gate.proxies.urlOf(request, peer, base).host);
    const policy = asked(gate, route.policy);
    const caller = policy === null ? gate.guard.nobody : await callerOf(gate, policy, handshakeToken(request));
    if (limit !== undefined && caller.subject !== null) {
      standing = tighter(standing, await countCaller(limit, request, peer, caller.subject));
      if (standing?.allowed === false) throw new Refusal("rate_limited");
    }
    const address = gate.proxies.addressOf(request, peer);
    const url = gate.proxies.urlOf(request, peer, base);
    const params = paramsOf(request);
    if (policy !== null) {
      const call: Call = {
        request,
        params,
        body: undefined,
        query: undefined,
        caller,
        isLocal: () => isLocal(request, peer),
        address: () => address,
        url: () => url,
      };
      await checkOwner(policy, caller, call);
    }
    const owner = { address: client, account: caller.subject, isStrict: route.metersLocal === true };
    const meter = meters.enter(owner);
    const connection = await route.accept({ request, url, params, address, caller, meter });
    return connection instanceof Response ? connection : { connection, meter };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) failed(error);
    const response = refuse(problem ?? new Refusal("internal"));
    if (standing !== null) sayStanding(response, standing);
    return response;
  }
}

function refuse(problem: Problem): Response {
  const response = plainRefusal(problem);
  const wanted = challenge(problem);
  if (wanted !== null) response.headers.set("www-authenticate", wanted);
  return response;
}
