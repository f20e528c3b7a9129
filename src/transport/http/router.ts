import type { Server } from "bun";
import { sayStanding, sayWhenToRetry } from "../limits/headers.ts";
import { tighter, type Standing } from "../limits/limit.ts";
import { allNames, isBelow } from "./aliases.ts";
import { asResponse, JSON_HEADERS, JsonAnswer, type Answer } from "./answer.ts";
import { NoPlace } from "./arrivals.ts";
import { bearerToken, challenge, handshakeCredential } from "./bearer.ts";
import { MAX_BODY_BYTES, receive } from "./body.ts";
import type { Call } from "./call.ts";
import { allowOrigin, preflight } from "./cors.ts";
import { collect, methodsAllowed, prefixesOf, type Declared } from "./declared.ts";
import { allowTime, bodyOf, queryOf } from "./decode.ts";
import { OngoingResponse } from "./event-stream.ts";
import { connectionOf, Exchange } from "./exchange.ts";
import {
  admittedOrigin,
  ANY_ORIGIN,
  asked,
  callerOf,
  clientOf,
  count,
  countCaller,
  openGate,
  refusePages,
  type Gate,
} from "./gate.ts";
import { Letterhead } from "./letterhead.ts";
import { checkOwner, isAdminOnly } from "./policy.ts";
import { problemOf, Refusal, type Problem } from "./refusal.ts";
import { repeatable } from "./repeatable.ts";
import { noScope, sayRequestId } from "./request-scope.ts";
import { plainRefusal, type Method, type Route, type RouteGroup } from "./route.ts";
import { urlOf } from "./url.ts";

type Handler = (request: Request, server: Server<unknown>) => Response | Promise<Response>;

/** What the server wants to know of every request that was answered. */
export interface Observer {
  /** `route` is the pattern, never the path, so that ids do not become metric labels. */
  answered(route: string, method: string, status: number, milliseconds: number): void;
  /** It was refused, with this code. */
  refused?(code: string): void;
  /** An error nobody meant, or a store that did not answer. */
  failed(route: string, method: string, error: unknown): void;
}

export interface Router {
  /** Patterns for the runtime's own router. */
  readonly routes: Record<string, Handler>;
  /** Everything no pattern took. */
  readonly fallback: Handler;
  /** Requests being answered right now; once it drains, only those that came before. */
  inFlight(): number;
  /** Answers that go on, such as streams of events. */
  ongoing(): ReadonlySet<OngoingResponse>;
  /**
   * The server goes down: it goes on answering, but asks each client to connect anew for its next request, so that none
   * sends one on a connection that is about to be closed.
   */
  drain(): void;
  /** True if a request that is no probe has come since this was asked last. */
  wasAsked(): boolean;
}

/**
 * Turns route groups into handlers: counts, finds the method and who is calling, reads and checks the body, calls, and
 * words the refusals.
 */
export function createRouter(groups: readonly RouteGroup[], observer: Observer, gate: Gate = openGate): Router {
  const { scope = noScope, arrivals } = gate;
  let inFlight = 0;
  let isDraining = false;
  let hasBeenAsked = false;
  const ongoing = new Set<OngoingResponse>();

  const worded = (group: RouteGroup, pattern: string, request: Request, error: unknown): Response => {
    // A body that ends before its time has nobody left who could read an answer; it is nobody's failure here.
    if (request.signal.aborted) return new Response(null, { status: CLIENT_GONE });
    const problem = problemOf(error);
    if (problem === null || problem.status === 500 || isStoreAway(problem)) {
      observer.failed(pattern, request.method, error);
    }
    observer.refused?.(problem?.code ?? "internal");
    const response = asResponse(group.refuse(problem ?? new Refusal("internal"), urlOf(request).pathname));
    if (problem instanceof NoPlace) {
      sayWhenToRetry(response, problem.retrySeconds);
      response.headers.set("connection", "close");
    }
    if (response.status === 503) sayWhenToRetry(response);
    const wanted = problem === null ? null : challenge(problem);
    if (wanted !== null) response.headers.set("www-authenticate", wanted);
    return response;
  };

  const plain = new Letterhead(new Headers(JSON_HEADERS));
  const forAnyPage = new Letterhead(allowOrigin({ headers: new Headers(JSON_HEADERS) }, ANY_ORIGIN).headers);

  /** `reader`: the origin that may read it, as `admittedOrigin` has it; undefined: pages are not offered it at all. */
  const written = (
    answer: Answer,
    standing: Standing | null,
    reader: string | null | undefined,
    id: string,
  ): Response => {
    const isUsual = standing?.allowed !== false && !isDraining && (reader === undefined || reader === ANY_ORIGIN);
    if (isUsual && answer instanceof JsonAnswer && answer.headers === JSON_HEADERS) {
      return (reader === undefined ? plain : forAnyPage).write(answer, id, standing);
    }
    const response = asResponse(answer);
    if (reader !== undefined) allowOrigin(response, reader);
    if (standing !== null) sayStanding(response, standing);
    sayRequestId(response, id);
    if (isDraining) response.headers.set("connection", "close");
    return response;
  };

  const finished = (
    path: string,
    { method, id, began }: Exchange,
    answer: Answer,
    standing: Standing | null,
    reader: string | null | undefined,
  ): Response => {
    const response = written(answer, standing, reader, id);
    if (answer instanceof OngoingResponse) {
      ongoing.add(answer);
      void answer.ended.then(() => ongoing.delete(answer));
    }
    observer.answered(path, method, answer.status, performance.now() - began);
    return response;
  };

  // The whole way of a request in one function, which waits for nothing but what is not there yet: its body, a store, a
  // key. Every promise more would cost each heartbeat a microsecond.
  const handlerOf = (path: string, { group, byMethod }: Declared): Handler => {
    const allowed = methodsAllowed([...byMethod.keys()]);
    // What only operators may do is not offered to pages of other origins.
    const operators = new Set([...byMethod.values()].filter((one) => isAdminOnly(one.policy)));
    const offered = methodsAllowed([...byMethod].filter(([, one]) => !operators.has(one)).map(([method]) => method));
    const refuseOverload = repeatable((isForPages) => {
      const response = asResponse(group.refuse(overloaded, path));
      sayWhenToRetry(response);
      if (group.crossOrigin && isForPages) allowOrigin(response, gate.guard.asks ? null : ANY_ORIGIN);
      return response;
    });
    /** The page that may read of a refusal what is not the same for all; null: there is none. */
    const readerOf = (request: Request, server: Server<unknown>): string | null => {
      if (!gate.guard.asks || !group.crossOrigin) return null;
      try {
        return admittedOrigin(gate, request, connectionOf(request, server));
      } catch {
        return null;
      }
    };
    const serve = async (exchange: Exchange, route: Route | undefined, isForPages: boolean): Promise<Response> => {
      const { request, method } = exchange;
      let answer: Answer;
      let standing: Standing | null = null;
      let origin: string | null = null;
      const counts = !isDraining;
      if (counts) inFlight++;
      if (route?.urgency !== "probe") hasBeenAsked = true;
      try {
        origin = admittedOrigin(gate, request, exchange);
        const limit = route?.limit ?? group.limit;
        if (limit !== undefined && method !== "OPTIONS") {
          const counted = count(gate, limit, request, exchange.peer, route?.budget?.(exchange));
          standing = counted instanceof Promise ? await counted : counted;
          if (standing?.allowed === false) throw new Refusal("rate_limited");
        }
        if (route !== undefined) {
          if (!isForPages) refusePages(gate, request, exchange.peer);
          const policy = asked(gate, route.policy);
          if (policy !== null) {
            const show = route.isStream === true ? handshakeCredential : bearerToken;
            exchange.caller = await callerOf(gate, policy, show(request));
          }
          const { subject } = exchange.caller;
          if (limit !== undefined && subject !== null) {
            const counted = countCaller(limit, request, exchange.peer, subject);
            const own = counted instanceof Promise ? await counted : counted;
            standing = tighter(standing, own);
            if (own?.allowed === false) throw new Refusal("rate_limited");
          }
          if (route.maxBodyBytes !== undefined) allowTime(exchange, route.maxBodyBytes);
          if (route.body !== undefined) {
            const arriving = receive(request, route.maxBodyBytes ?? MAX_BODY_BYTES);
            const needsPlace = arrivals?.begin() === true;
            try {
              const whole = needsPlace ? arrivals.inPlace(arriving, clientOf(gate, request, exchange.peer)) : arriving;
              exchange.body = bodyOf(group, route, await whole);
            } finally {
              arrivals?.end();
            }
          }
          exchange.query = queryOf(route, request);
          if (policy !== null) await checkOwner(policy, exchange.caller, exchange);
          const answered = route.handle(exchange as Call as Call<never, never>);
          answer = answered instanceof Promise ? await answered : answered;
        } else if (method === "OPTIONS") {
          answer = preflight(request, { allowed, offered, crossOrigin: group.crossOrigin });
        } else {
          answer = worded(group, path, request, new Refusal("method_not_allowed"));
          answer.headers.set("allow", allowed);
        }
      } catch (error) {
        answer = worded(group, path, request, error);
      } finally {
        if (counts) inFlight--;
      }
      return finished(path, exchange, answer, standing, group.crossOrigin && isForPages ? origin : undefined);
    };
    const refuseForLoad = (
      request: Request,
      server: Server<unknown>,
      id: string,
      isForPages: boolean,
    ): Response | Promise<Response> => {
      const reader = isForPages ? readerOf(request, server) : null;
      const told = (response: Response): Response => {
        if (reader !== null) response.headers.set("access-control-allow-origin", reader);
        return sayRequestId(response, id);
      };
      const refused = refuseOverload(isForPages);
      return refused instanceof Promise ? refused.then(told) : told(refused);
    };
    // Not async: what is refused needs no promise.
    const answer = (id: string, request: Request, server: Server<unknown>): Response | Promise<Response> => {
      const began = performance.now();
      const { method } = request;
      const route = byMethod.get(method === "HEAD" ? "GET" : (method as Method));
      const asksFor = route ?? byMethod.get(request.headers.get("access-control-request-method") as Method);
      const isForPages = asksFor === undefined || operators.size === 0 || !operators.has(asksFor);
      // A page whose preflight is refused never learns why, and to answer one takes nothing but its headers.
      if (method !== "OPTIONS" && gate.overload?.sheds(route?.urgency ?? "usual", began) === true) {
        observer.answered(path, method, overloaded.status, performance.now() - began);
        observer.refused?.(overloaded.code);
        return refuseForLoad(request, server, id, isForPages);
      }
      return serve(new Exchange(gate, request, server, id, began), route, isForPages);
    };
    return (request, server) => scope.enter(request, path, server, answer);
  };

  const routes: Record<string, Handler> = {};
  for (const [path, declared] of collect(groups)) {
    const handler = handlerOf(path, declared);
    for (const name of allNames(path, declared.group.aliases)) {
      if (routes[name] !== undefined) throw new Error(`${name} is declared twice`);
      routes[name] = handler;
      if (name !== "/") routes[`${name}/`] = handler;
    }
  }

  const unknown = async (exchange: Exchange): Promise<Response> => {
    const { request } = exchange;
    const { pathname } = urlOf(request);
    const group = groups.find((one) => prefixesOf(one).some((prefix) => isBelow(prefix, pathname))) ?? nobody;
    let standing: Standing | null = null;
    let origin: string | null = null;
    let refusal: unknown;
    try {
      origin = admittedOrigin(gate, request, exchange);
      const counts = group.limit !== undefined && request.method !== "OPTIONS";
      if (counts) standing = await count(gate, group.limit, request, exchange.peer, undefined);
      refusal = new Refusal(standing?.allowed === false ? "rate_limited" : "unknown_path");
    } catch (error) {
      refusal = error;
    }
    const response = worded(group, UNKNOWN, request, refusal);
    return finished(UNKNOWN, exchange, response, standing, group.crossOrigin ? origin : undefined);
  };
  const fallback: Handler = (request, server) =>
    scope.enter(request, UNKNOWN, server, (id) => unknown(new Exchange(gate, request, server, id, performance.now())));

  return {
    routes,
    fallback,
    inFlight: () => inFlight,
    ongoing: () => ongoing,
    drain: () => void (isDraining = true),
    wasAsked() {
      const was = hasBeenAsked;
      hasBeenAsked = false;
      return was;
    },
  };
}

/** One for all, because making an error takes longer than all else about refusing. */
const overloaded = new Refusal("overloaded");

/** Refused for what lies behind us, not for what the caller did. */
function isStoreAway(problem: Problem): boolean {
  return problem.code === "store_unavailable";
}

/** What servers log for a client that hung up; no standard names it, and nobody receives it. */
const CLIENT_GONE = 499;

/** Stands for all paths that are not there, so that whoever asks for many does not make many metrics. */
const UNKNOWN = "(unknown)";

const nobody: RouteGroup = {
  name: "none",
  routes: [],
  prefixes: [],
  crossOrigin: false,
  refuse: plainRefusal,
};
