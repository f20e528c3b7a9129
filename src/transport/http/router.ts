import type { Server } from "bun";
import { sayStanding, sayWhenToRetry } from "../limits/headers.ts";
import { tighter, type Standing } from "../limits/limit.ts";
import { allNames, isBelow } from "./aliases.ts";
import { bearerToken, challenge, handshakeCredential } from "./bearer.ts";
import { MAX_BODY_BYTES, readJson } from "./body.ts";
import type { Call, Caller } from "./call.ts";
import { allowOrigin, preflight } from "./cors.ts";
import { OngoingResponse } from "./event-stream.ts";
import {
  admittedOrigin,
  ANY_ORIGIN,
  asked,
  callerOf,
  count,
  countCaller,
  openGate,
  refusePages,
  type Gate,
} from "./gate.ts";
import { isLocal } from "./local.ts";
import { paramsOf } from "./params.ts";
import { checkOwner, isAdminOnly } from "./policy.ts";
import { problemOf, Refusal, type Problem } from "./refusal.ts";
import { noScope, sayRequestId } from "./request-scope.ts";
import { plainRefusal, type Method, type Route, type RouteGroup } from "./route.ts";
import { urlOf } from "./url.ts";
import { validate, validateEmpty } from "./validate.ts";

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
  const { scope = noScope } = gate;
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
    const response = group.refuse(problem ?? new Refusal("internal"), urlOf(request).pathname);
    if (response.status === 503) sayWhenToRetry(response);
    const wanted = problem === null ? null : challenge(problem);
    if (wanted !== null) response.headers.set("www-authenticate", wanted);
    return response;
  };

  const finished = (
    { path, request, id, began }: { path: string; request: Request; id: string; began: number },
    response: Response,
    standing: Standing | null,
    { isOffered, origin }: { isOffered: boolean; origin: string | null },
  ): Response => {
    if (isOffered) allowOrigin(response, origin);
    if (standing !== null) sayStanding(response, standing);
    sayRequestId(response, id);
    if (isDraining) response.headers.set("connection", "close");
    if (response instanceof OngoingResponse) {
      ongoing.add(response);
      void response.ended.then(() => ongoing.delete(response));
    }
    observer.answered(path, request.method, response.status, performance.now() - began);
    return response;
  };

  // The whole way of a request in one function: every layer of promises more would cost each heartbeat a microsecond.
  const handlerOf = (path: string, { group, byMethod }: Declared): Handler => {
    const allowed = methodsAllowed([...byMethod.keys()]);
    // What only operators may do is not offered to pages of other origins.
    const operators = new Set([...byMethod.values()].filter((one) => isAdminOnly(one.policy)));
    const offered = methodsAllowed([...byMethod].filter(([, one]) => !operators.has(one)).map(([method]) => method));
    const refuseOverload = repeatable((isForPages) => {
      const response = group.refuse(overloaded, path);
      sayWhenToRetry(response);
      if (group.crossOrigin && isForPages) allowOrigin(response, gate.guard.asks ? null : ANY_ORIGIN);
      return response;
    });
    /** The page that may read of a refusal what is not the same for all; null: there is none. */
    const readerOf = (request: Request, server: Server<unknown>): string | null => {
      if (!gate.guard.asks || !group.crossOrigin) return null;
      try {
        return admittedOrigin(gate, request, () => peerOf(request, server));
      } catch {
        return null;
      }
    };
    const serve = async (
      request: Request,
      server: Server<unknown>,
      about: { began: number; id: string; route: Route | undefined; isForPages: boolean },
    ): Promise<Response> => {
      const { began, id, route, isForPages } = about;
      let response: Response;
      let standing: Standing | null = null;
      let origin: string | null = null;
      const counts = !isDraining;
      if (counts) inFlight++;
      if (route?.urgency !== "probe") hasBeenAsked = true;
      try {
        origin = admittedOrigin(gate, request, () => peerOf(request, server));
        const limit = route?.limit ?? group.limit;
        if (limit !== undefined && request.method !== "OPTIONS") {
          const own = route?.budget?.({ params: paramsOf(request) });
          const counted = count(gate, limit, request, peerOf(request, server), own);
          // What asks no store must not cost a turn of the loop.
          standing = counted instanceof Promise ? await counted : counted;
          if (standing?.allowed === false) throw new Refusal("rate_limited");
        }
        if (route !== undefined) {
          if (!isForPages) refusePages(gate, request, peerOf(request, server));
          const policy = asked(gate, route.policy);
          const show = route.isStream === true ? handshakeCredential : bearerToken;
          const caller = policy === null ? gate.guard.nobody : await callerOf(gate, policy, show(request));
          if (limit !== undefined && caller.subject !== null) {
            const counted = countCaller(limit, request, peerOf(request, server), caller.subject);
            const own = counted instanceof Promise ? await counted : counted;
            standing = tighter(standing, own);
            if (own?.allowed === false) throw new Refusal("rate_limited");
          }
          if (route.maxBodyBytes !== undefined) allowTime(request, server, route.maxBodyBytes);
          const body = await bodyOf(request, group, route);
          const query = route.query === undefined ? undefined : validate(route.query, queryOf(request), "query");
          const call = callOf(gate, request, server, { caller, body, query, isStream: route.isStream === true });
          if (policy !== null) await checkOwner(policy, caller, call);
          response = await route.handle(call as Call<never, never>);
        } else if (request.method === "OPTIONS") {
          response = preflight(request, { allowed, offered, crossOrigin: group.crossOrigin });
        } else {
          response = worded(group, path, request, new Refusal("method_not_allowed"));
          response.headers.set("allow", allowed);
        }
      } catch (error) {
        response = worded(group, path, request, error);
      } finally {
        if (counts) inFlight--;
      }
      return finished({ path, request, id, began }, response, standing, {
        isOffered: group.crossOrigin && isForPages,
        origin,
      });
    };
    // Not async: what is refused needs no promise.
    const answer = (request: Request, server: Server<unknown>, id: string): Response | Promise<Response> => {
      const began = performance.now();
      const route = byMethod.get(request.method === "HEAD" ? "GET" : (request.method as Method));
      const asksFor = route ?? byMethod.get(request.headers.get("access-control-request-method") as Method);
      const isForPages = asksFor === undefined || operators.size === 0 || !operators.has(asksFor);
      // A page whose preflight is refused never learns why, and to answer one takes nothing but its headers.
      if (request.method !== "OPTIONS" && gate.overload?.sheds(route?.urgency ?? "usual", began) === true) {
        observer.answered(path, request.method, overloaded.status, performance.now() - began);
        observer.refused?.(overloaded.code);
        const reader = isForPages ? readerOf(request, server) : null;
        const refused = readableBy(reader, refuseOverload(isForPages));
        return refused instanceof Promise
          ? refused.then((response) => sayRequestId(response, id))
          : sayRequestId(refused, id);
      }
      return serve(request, server, { began, id, route, isForPages });
    };
    return (request, server) => scope.enter(request, path, (id) => answer(request, server, id));
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

  const unknown = async (request: Request, server: Server<unknown>, id: string): Promise<Response> => {
    const began = performance.now();
    const { pathname } = urlOf(request);
    const group = groups.find((one) => prefixesOf(one).some((prefix) => isBelow(prefix, pathname))) ?? nobody;
    let standing: Standing | null = null;
    let origin: string | null = null;
    let refusal: unknown;
    try {
      origin = admittedOrigin(gate, request, () => peerOf(request, server));
      const counts = group.limit !== undefined && request.method !== "OPTIONS";
      if (counts) standing = await count(gate, group.limit, request, peerOf(request, server), undefined);
      refusal = new Refusal(standing?.allowed === false ? "rate_limited" : "unknown_path");
    } catch (error) {
      refusal = error;
    }
    const response = worded(group, UNKNOWN, request, refusal);
    const offer = { isOffered: group.crossOrigin, origin };
    return finished({ path: UNKNOWN, request, id, began }, response, standing, offer);
  };
  const fallback: Handler = (request, server) => scope.enter(request, UNKNOWN, (id) => unknown(request, server, id));

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

/** Words each answer once and repeats it: refusing must cost much less than the work that is refused. */
function repeatable<Kind>(word: (kind: Kind) => Response): (kind: Kind) => Response | Promise<Response> {
  const worded = new Map<Kind, { text: string; init: ResponseInit }>();
  const wordOnce = async (kind: Kind): Promise<Response> => {
    const response = word(kind);
    const text = await response.text();
    const init = { status: response.status, headers: Object.fromEntries(response.headers) };
    worded.set(kind, { text, init });
    return new Response(text, init);
  };
  return (kind) => {
    const known = worded.get(kind);
    return known === undefined ? wordOnce(kind) : new Response(known.text, known.init);
  };
}

/** Lets pages of this origin read the answer; null: nothing is added. */
function readableBy(origin: string | null, answer: Response | Promise<Response>): Response | Promise<Response> {
  if (origin === null) return answer;
  if (answer instanceof Promise) return answer.then((response) => readableBy(origin, response));
  answer.headers.set("access-control-allow-origin", origin);
  return answer;
}

const neverExpires = () => (): void => undefined;

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

function prefixesOf({ prefixes, aliases }: RouteGroup): readonly string[] {
  return prefixes.flatMap((prefix) => allNames(prefix, aliases));
}

/** What is declared for one path. */
interface Declared {
  readonly group: RouteGroup;
  readonly byMethod: Map<Method, Route>;
}

function collect(groups: readonly RouteGroup[]): ReadonlyMap<string, Declared> {
  const paths = new Map<string, Declared>();
  for (const group of groups) {
    for (const route of group.routes) {
      const entry = paths.get(route.path) ?? { group, byMethod: new Map<Method, Route>() };
      if (entry.group !== group || entry.byMethod.has(route.method)) {
        throw new Error(`${route.method} ${route.path} is declared twice`);
      }
      entry.byMethod.set(route.method, route);
      paths.set(route.path, entry);
    }
  }
  return paths;
}

function methodsAllowed(declared: readonly Method[]): string {
  const methods: string[] = [...declared];
  if (declared.includes("GET")) methods.push("HEAD");
  return [...methods, "OPTIONS"].join(", ");
}

/** What the slowest client that is waited for sends in a second; half of a slow phone line. In bytes. */
const BODY_BYTES_PER_SECOND = 16 * 1024;

/** The longest the runtime can wait, in seconds. */
const MOST_SECONDS = 255;

/** The runtime's own patience is enough for a body of the usual size; a large one gets more, as it says how large it is. */
function allowTime(request: Request, server: Server<unknown>, limit: number): void {
  const bytes = Math.min(limit, Number(request.headers.get("content-length") ?? limit));
  if (bytes > MAX_BODY_BYTES) {
    server.timeout(request, Math.min(MOST_SECONDS, USUAL_SECONDS + Math.ceil(bytes / BODY_BYTES_PER_SECOND)));
  }
}

/** How long any request may take without an answer, its body included, in seconds. The listener's `idleTimeout`. */
export const USUAL_SECONDS = 30;

/** An empty body counts as `{}`; where that will not do, it is the body that is missing, not each of its fields. */
async function bodyOf(request: Request, { json: rules }: RouteGroup, { body: schema, maxBodyBytes: limit }: Route) {
  if (schema === undefined) return undefined;
  const body = await readJson(request, { limit, rules });
  return body === undefined ? validateEmpty(schema) : validate(schema, body, "body");
}

/** @throws {Refusal} invalid_field if a parameter is given twice: different readers would take different ones */
function queryOf(request: Request): Record<string, string> {
  const { searchParams } = urlOf(request);
  const names = [...searchParams.keys()];
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    const [name, message] = [twice.slice(0, 64), "given more than once"];
    throw new Refusal("invalid_field", `${name}: ${message}`, [{ path: ["query", name], kind: "repeated", message }]);
  }
  return Object.fromEntries(searchParams);
}

function callOf(
  { proxies, expiries }: Gate,
  request: Request,
  server: Server<unknown>,
  { caller, body, query, isStream }: { caller: Caller; body: unknown; query: unknown; isStream: boolean },
): Call {
  return {
    caller,
    body,
    query,
    request,
    params: paramsOf(request),
    // Whatever else is answered is over before its token is.
    whenExpired: isStream ? (end) => expiries.at(caller.expiresAt, end) : neverExpires,
    isLocal: () => isLocal(request, peerOf(request, server)),
    address: () => proxies.addressOf(request, peerOf(request, server)),
    url: () => proxies.urlOf(request, peerOf(request, server), server.url.href),
  };
}

/**
 * The address at the other end of the connection; IPv4-mapped IPv6 is written as IPv4, and an unknown one as the
 * unspecified address.
 */
export function peerOf(request: Request, server: Server<unknown>): string {
  const address = server.requestIP(request)?.address ?? "0.0.0.0";
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
