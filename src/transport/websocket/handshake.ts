import { challenge, handshakeToken } from "../http/bearer.ts";
import { admittedOrigin, asked, callerOf, count, type Gate } from "../http/gate.ts";
import { isLocal } from "../http/local.ts";
import { checkOwner } from "../http/policy.ts";
import { problemOf, Refusal, type Problem } from "../http/refusal.ts";
import { paramsOf } from "../http/params.ts";
import { plainRefusal, type Call } from "../http/route.ts";
import { sayStanding } from "../limits/headers.ts";
import type { Standing } from "../limits/limit.ts";
import type { Connection, SocketRoute } from "./socket.ts";

/**
 * Counts a handshake, finds out who it comes from, and lets the route decide. A Response refuses it; an error nobody
 * meant goes to `failed`. `base` stands in for the host that a request does not name.
 */
export async function shakeHands(
  route: SocketRoute,
  gate: Gate,
  { request, peer, base, failed }: { request: Request; peer: string; base: string; failed(error: unknown): void },
): Promise<Connection | Response> {
  let standing: Standing | null = null;
  try {
    admittedOrigin(gate, request, () => peer, base);
    if (route.limit !== undefined) standing = await count(gate, route.limit, request, peer, undefined);
    if (standing?.allowed === false) throw new Refusal("rate_limited");
    const policy = asked(gate, route.policy);
    const caller = policy === null ? gate.guard.nobody : await callerOf(gate, policy, handshakeToken(request));
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
    return await route.accept({ request, url, params, address, caller });
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
