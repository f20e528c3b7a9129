import { challenge, handshakeCredential, type Credential } from "../http/bearer.ts";
import { admittedOrigin, asked, callerOf, count, countCaller, type Gate } from "../http/gate.ts";
import { isLocal } from "../http/local.ts";
import { checkOwner, type Grants } from "../http/policy.ts";
import { problemOf, Refusal, type Problem } from "../http/refusal.ts";
import { paramsOf } from "../http/params.ts";
import type { Call } from "../http/route.ts";
import { COME_BACK_SECONDS, Crowd } from "../limits/crowd.ts";
import { sayStanding, sayWhenToRetry } from "../limits/headers.ts";
import { tighter, type Counted, type RequestLimit, type Standing } from "../limits/limit.ts";
import type { Meter, Meters } from "../limits/meter.ts";
import { expiring } from "./expiring.ts";
import { Introduction } from "./introduction.ts";
import { socketRefusal, type Connection, type Handshake, type SocketRoute } from "./socket.ts";

/** Who may be connected without having said who it is, on the whole node and from one address; more are refused at once. */
const MAX_STRANGERS = 1_000;
const MAX_STRANGERS_PER_ADDRESS = MAX_STRANGERS / 10;

/** A request that wants to become a socket. */
export interface Wish {
  readonly request: Request;
  readonly peer: string;
  /** Stands in for the host that a request does not name. */
  readonly base: string;
  /** Whom the socket counts on; see `clientOf`. */
  readonly client: string | null;
  /** An error nobody meant. */
  failed(error: unknown): void;
}

/** A socket that may be opened: who speaks for it, and what counts what it sends, to be left when it is gone. */
export interface Accepted {
  readonly connection: Connection;
  readonly meter: Meter;
}

export type ShakeHands = (route: SocketRoute, wish: Wish) => Promise<Accepted | Response>;

export interface HandshakeOptions {
  readonly gate: Gate;
  readonly meters: Meters;
  /** How often a client may connect where the route does not say. */
  readonly connecting: RequestLimit | undefined;
  /** A handshake was refused, with this code. */
  refused?(code: string): void;
}

/** What a handshake says, read while its request is there: the first message comes later. */
type Said = Omit<Handshake, "caller"> & {
  readonly peer: string;
  readonly client: string | null;
  /** Counts the handshake once more, on whoever it turns out to come from. @throws {Refusal} rate_limited */
  countOn(subject: string): Promise<void>;
};

/**
 * Counts a handshake, finds out who it comes from, and lets the route decide; a Response refuses it. Where a token is
 * asked for and the handshake shows nothing, the first message may.
 */
export function createHandshakes({ gate, meters, connecting, refused }: HandshakeOptions): ShakeHands {
  const strangers = new Crowd({ perAddress: MAX_STRANGERS_PER_ADDRESS, max: MAX_STRANGERS });

  const welcome = (route: SocketRoute, policy: Grants, said: Said): Connection => {
    const { client } = said;
    if (strangers.refusal(client) !== null) throw new Refusal("too_many_sockets");
    return new Introduction({
      admit: (token) => admitted(gate, route, policy, said, token),
      expiries: gate.expiries,
      began: () => strangers.enter(client),
      over: () => strangers.leave(client),
    });
  };

  const connectionFor = async (route: SocketRoute, said: Said): Promise<Connection | Response> => {
    const policy = asked(gate, route.policy);
    if (policy === null) return route.accept({ ...said, caller: gate.guard.nobody });
    const credential = handshakeCredential(said.request);
    return credential === null ? welcome(route, policy, said) : admitted(gate, route, policy, said, credential);
  };

  return async (route, { request, peer, base, client, failed }) => {
    const limit = route.limit ?? connecting;
    let standing: Standing | null = null;
    const note = async (counted: Counted): Promise<void> => {
      const one = await counted;
      standing = tighter(standing, one);
      if (one?.allowed === false) throw new Refusal("rate_limited");
    };
    try {
      admittedOrigin(gate, request, { peer }, base);
      if (limit !== undefined) await note(count(gate, limit, request, peer, undefined));
      const url = gate.proxies.urlOf(request, peer, base);
      // Whom it names, if anybody, is known later.
      const meter = meters.enter({ address: client, account: null, isStrict: route.metersLocal === true });
      const connection = await connectionFor(route, {
        request,
        url,
        params: paramsOf(request),
        address: gate.proxies.addressOf(request, peer),
        peer,
        client,
        meter,
        countOn: async (subject) => {
          if (limit !== undefined) await note(countCaller(limit, request, peer, subject));
        },
      });
      return connection instanceof Response ? connection : { connection, meter };
    } catch (error) {
      const problem = problemOf(error);
      if (problem === null) failed(error);
      refused?.(problem?.code ?? "internal");
      const response = refuse(route, problem ?? new Refusal("internal"));
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
  if (caller.subject !== null) {
    await said.countOn(caller.subject);
    said.meter.name(caller.subject);
  }
  const call: Call = {
    request: said.request,
    params: said.params,
    body: undefined,
    query: undefined,
    caller,
    whenExpired: (end) => gate.expiries.at(caller.expiresAt, end),
    isLocal: () => isLocal(said.request, said.peer),
    address: said.address,
    origin: said.url.origin,
    url: () => said.url,
  };
  await checkOwner(policy, caller, call);
  const connection = await route.accept({ ...said, caller });
  return connection instanceof Response ? connection : expiring(connection, caller.expiresAt, gate.expiries);
}

function refuse(route: SocketRoute, problem: Problem): Response {
  const response = socketRefusal(route, problem);
  const wanted = challenge(problem);
  if (wanted !== null) response.headers.set("www-authenticate", wanted);
  if (problem.status === 503) sayWhenToRetry(response, COME_BACK_SECONDS);
  return response;
}
