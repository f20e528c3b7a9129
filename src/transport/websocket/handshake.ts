import { challenge, handshakeCredential, type Credential } from "../http/bearer.ts";
import { asked, callerOf, count, refuseOrigins, type Gate } from "../http/gate.ts";
import { isLocal } from "../http/local.ts";
import { checkOwner, type Grants } from "../http/policy.ts";
import { problemOf, Refusal, type Problem } from "../http/refusal.ts";
import { paramsOf } from "../http/params.ts";
import { plainRefusal, type Call } from "../http/route.ts";
import { sayStanding } from "../limits/headers.ts";
import type { Standing } from "../limits/limit.ts";
import { expiring } from "./expiring.ts";
import { Introduction } from "./introduction.ts";
import type { Connection, Handshake, SocketRoute } from "./socket.ts";

/** Who may be connected without having said who it is, on the whole node; more are refused at once. */
const MAX_STRANGERS = 1_000;

/** A request to open a socket. `base` stands in for the host that it does not name; `failed` hears what nobody meant. */
interface Wish {
  readonly request: Request;
  readonly peer: string;
  readonly base: string;
  failed(error: unknown): void;
}

export type ShakeHands = (route: SocketRoute, wish: Wish) => Promise<Connection | Response>;

/** What a handshake says, read while its request is there: the first message comes later. */
type Said = Omit<Handshake, "caller"> & { readonly peer: string };

/**
 * Counts a handshake, finds out who it comes from, and lets the route decide; a Response refuses it. Where a token is
 * asked for and the handshake shows nothing, the first message may.
 */
export function createHandshakes(gate: Gate): ShakeHands {
  let strangers = 0;

  const welcome = (route: SocketRoute, policy: Grants, said: Said): Connection => {
    if (strangers >= MAX_STRANGERS) throw new Refusal("token_required");
    strangers++;
    return new Introduction({
      admit: (token) => admitted(gate, route, policy, said, token),
      expiries: gate.expiries,
      over: () => void strangers--,
    });
  };

  return async (route, { request, peer, base, failed }) => {
    let standing: Standing | null = null;
    try {
      if (route.limit !== undefined) standing = await count(gate, route.limit, request, peer, undefined);
      if (standing?.allowed === false) throw new Refusal("rate_limited");
      const url = gate.proxies.urlOf(request, peer, base);
      refuseOrigins(gate, request, url.host);
      const address = gate.proxies.addressOf(request, peer);
      const said = { request, url, params: paramsOf(request), address, peer };
      const policy = asked(gate, route.policy);
      if (policy === null) return await route.accept({ ...said, caller: gate.guard.nobody });
      const credential = handshakeCredential(request);
      return credential === null ? welcome(route, policy, said) : await admitted(gate, route, policy, said, credential);
    } catch (error) {
      const problem = problemOf(error);
      if (problem === null) failed(error);
      const response = refuse(problem ?? new Refusal("internal"));
      if (standing !== null) sayStanding(response, standing);
      return response;
    }
  };
}

/** What becomes of a socket whose opener shows this. */
async function admitted(
  gate: Gate,
  route: SocketRoute,
  policy: Grants,
  said: Said,
  credential: Credential,
): Promise<Connection | Response> {
  const caller = await callerOf(gate, policy, credential);
  const call: Call = {
    request: said.request,
    params: said.params,
    body: undefined,
    query: undefined,
    caller,
    whenExpired: (end) => gate.expiries.at(caller.expiresAt, end),
    isLocal: () => isLocal(said.request, said.peer),
    address: () => said.address,
    url: () => said.url,
  };
  await checkOwner(policy, caller, call);
  const connection = await route.accept({ ...said, caller });
  return connection instanceof Response ? connection : expiring(connection, caller.expiresAt, gate.expiries);
}

function refuse(problem: Problem): Response {
  const response = plainRefusal(problem);
  const wanted = challenge(problem);
  if (wanted !== null) response.headers.set("www-authenticate", wanted);
  return response;
}
