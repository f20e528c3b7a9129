import type { Counted, RequestLimit } from "../limits/limit.ts";
import { noExpiries, type Expiries } from "../limits/expiries.ts";
import type { Arrivals } from "./arrivals.ts";
import type { Credential } from "./bearer.ts";
import type { Overload } from "../limits/overload.ts";
import type { Caller } from "./call.ts";
import { noProxies, type Proxies } from "./client-address.ts";
import { clientKey } from "./ip-address.ts";
import { isForeign, isLocal, isRebound } from "./local.ts";
import { admit, type Grants, type Policy } from "./policy.ts";
import { Refusal } from "./refusal.ts";
import type { RequestScope } from "./request-scope.ts";

/** Knows people by their tokens. */
export interface Guard {
  /** False in open mode: no token is asked for nor looked at. */
  readonly asks: boolean;
  /** Whoever sends no token, or is not asked for one. */
  readonly nobody: Caller;
  /** Throws a problem for a token that is not good. */
  identify(token: string): Promise<Caller>;
  /** Takes a ticket, which is good once; throws a problem for one that is not. */
  redeem(ticket: string): Promise<Caller>;
}

/** What stands before every route. */
export interface Gate {
  readonly guard: Guard;
  readonly proxies: Proxies;
  /** Origins of which pages of our own may reach the server, beside the one a request names. */
  readonly ownOrigins: readonly string[];
  /** Other origins whose pages may call where tokens are asked for. */
  readonly allowedOrigins: readonly string[];
  /** Whether sockets of this machine itself count for its address. */
  readonly countsLocal: boolean;
  /** Ends what lives longer than the token it came with. */
  readonly expiries: Expiries;
  /** Left out: nothing is refused for there being too much. */
  readonly overload?: Overload | null;
  /** Left out: any number of bodies may be under way. */
  readonly arrivals?: Arrivals;
  /** Left out: requests have no names. */
  readonly scope?: RequestScope;
}

/** Lets everybody through. */
export const openGate: Gate = {
  guard: {
    asks: false,
    nobody: { subject: null, account: null, expiresAt: null, may: () => true },
    identify: async () => openGate.guard.nobody,
    redeem: async () => openGate.guard.nobody,
  },
  proxies: noProxies,
  ownOrigins: [],
  allowedOrigins: [],
  expiries: noExpiries,
  countsLocal: false,
};

/** What a token has to meet; null where the gate asks for none. */
export function asked({ guard }: Gate, policy: Policy): Grants | null {
  return guard.asks && typeof policy !== "string" ? policy : null;
}

/**
 * Finds out who is calling.
 *
 * @throws {Refusal} token_required, forbidden; and whatever the guard refuses a token with
 */
export async function callerOf({ guard }: Gate, policy: Grants, credential: Credential | null): Promise<Caller> {
  const caller = credential === null ? guard.nobody : await identify(guard, credential);
  admit(policy, caller);
  return caller;
}

function identify(guard: Guard, credential: Credential): Promise<Caller> {
  return typeof credential === "string" ? guard.identify(credential) : guard.redeem(credential.ticket);
}

/**
 * Keeps what only operators may do from pages of other origins while no tokens are asked for: any page that is open on
 * the operator's machine could do it otherwise, without even reading the answer.
 *
 * @throws {Refusal} forbidden
 */
export function refusePages(gate: Gate, request: Request, peer: string): void {
  if (gate.guard.asks) return;
  const asked = isRebound(request, peer) ? [] : [gate.proxies.originOf(request, peer)];
  if (isForeign(request, [...asked, ...gate.ownOrigins])) {
    throw new Refusal("forbidden", "Pages of other origins may not do this.");
  }
}

/** Stands for the pages of all origins. */
export const ANY_ORIGIN = "*";

/**
 * The origin whose pages may have the answer: any in open mode; where tokens are asked for that of the page which asks,
 * null for what is no page and so sends none. To be called before any work is done: neither a WebSocket nor a simple
 * request has a preflight before it.
 *
 * @param connection knows the other end of it; asked only if a page is there
 * @throws {Refusal} forbidden if that page is neither our own nor of an origin that is allowed
 */
export function admittedOrigin(
  gate: Gate,
  request: Request,
  connection: { readonly peer: string },
  base?: string,
): string | null {
  if (!gate.guard.asks) return ANY_ORIGIN;
  const origin = request.headers.get("origin");
  if (origin === null || gate.allowedOrigins.includes(origin)) return origin;
  if (isForeign(request, [gate.proxies.originOf(request, connection.peer, base), ...gate.ownOrigins])) {
    throw new Refusal("forbidden", "Pages of this origin may not do this.");
  }
  return origin;
}

/** Longer names of budgets would be keys of any length; their calls count on the client. */
const MAX_OWN = 256;

/** Counts a request; null if it is one that does not count, or of which there is nothing to say. */
export function count(
  gate: Gate,
  limit: RequestLimit,
  request: Request,
  peer: string,
  own: string | undefined,
): Counted {
  if (!limit.countsLocal && isLocal(request, peer)) return null;
  const client = clientKey(gate.proxies.addressOf(request, peer));
  return own !== undefined && own.length <= MAX_OWN ? limit.take(client, own) : limit.take(client);
}

/** Counts a request on whoever makes it, where that is known; see {@link count}. */
export function countCaller(limit: RequestLimit, request: Request, peer: string, subject: string): Counted {
  if (limit.takeAccount === undefined || (!limit.countsLocal && isLocal(request, peer))) return null;
  return limit.takeAccount(subject);
}

/**
 * Whom a socket, or a body that is under way, counts on: the client's address, or null for this machine itself, where that
 * does not count.
 */
export function clientOf(gate: Gate, request: Request, peer: string): string | null {
  if (!gate.countsLocal && isLocal(request, peer)) return null;
  return clientKey(gate.proxies.addressOf(request, peer));
}
