import type { BunRequest, Server } from "bun";
import { readJson } from "./body.ts";
import { allowAnyOrigin, preflight } from "./cors.ts";
import { problemOf, Refusal, type Problem } from "./refusal.ts";
import { plainRefusal, type Call, type Method, type Route, type RouteGroup } from "./route.ts";
import { urlOf } from "./url.ts";
import { validate } from "./validate.ts";

type Handler = (request: Request, server: Server<unknown>) => Response | Promise<Response>;

/** What the server wants to know of every request that was answered. */
export interface Observer {
  /** `route` is the pattern, never the path, so that ids do not become metric labels. */
  answered(route: string, method: string, status: number, milliseconds: number): void;
  /** An error nobody meant, or a store that did not answer. */
  failed(route: string, method: string, error: unknown): void;
}

export interface Router {
  /** Patterns for the runtime's own router. */
  readonly routes: Record<string, Handler>;
  /** Everything no pattern took. */
  readonly fallback: Handler;
  /** Requests being answered right now. */
  inFlight(): number;
}

/** Turns route groups into handlers: finds the method, reads and checks the body, calls, and words the refusals. */
export function createRouter(groups: readonly RouteGroup[], observer: Observer): Router {
  let inFlight = 0;

  const worded = (group: RouteGroup, pattern: string, request: Request, error: unknown): Response => {
    // A body that ends before its time has nobody left who could read an answer; it is nobody's failure here.
    if (request.signal.aborted) return new Response(null, { status: CLIENT_GONE });
    const problem = problemOf(error);
    if (problem === null || problem.status === 500 || isStoreAway(problem))
      observer.failed(pattern, request.method, error);
    return group.refuse(problem ?? new Refusal("internal"), urlOf(request, NOWHERE).pathname);
  };

  const finished = (
    group: RouteGroup,
    pattern: string,
    request: Request,
    response: Response,
    began: number,
  ): Response => {
    if (group.crossOrigin) allowAnyOrigin(response);
    observer.answered(pattern, request.method, response.status, performance.now() - began);
    return response;
  };

  // The whole way of a request in one function: every layer of promises more would cost each heartbeat a microsecond.
  const handlerOf = (path: string, { group, byMethod }: Declared): Handler => {
    const allowed = methodsAllowed(byMethod);
    return async (request, server) => {
      const began = performance.now();
      inFlight++;
      let response: Response;
      try {
        const route = byMethod.get(request.method === "HEAD" ? "GET" : (request.method as Method));
        if (route !== undefined) {
          const body = route.body === undefined ? undefined : validate(route.body, await readJson(request));
          response = await route.handle(callOf(request, server, body) as Call<never>);
        } else if (request.method === "OPTIONS") {
          response = preflight(request, allowed, group.crossOrigin);
        } else {
          response = worded(group, path, request, new Refusal("method_not_allowed"));
          response.headers.set("allow", allowed);
        }
      } catch (error) {
        response = worded(group, path, request, error);
      } finally {
        inFlight--;
      }
      return finished(group, path, request, response, began);
    };
  };

  const routes: Record<string, Handler> = {};
  for (const [path, declared] of collect(groups)) {
    const handler = handlerOf(path, declared);
    routes[path] = handler;
    if (path !== "/") routes[`${path}/`] = handler;
  }

  const fallback: Handler = (request) => {
    const began = performance.now();
    const path = urlOf(request, NOWHERE).pathname;
    const group = groups.find((one) => one.prefixes.some((prefix) => isBelow(prefix, path))) ?? nobody;
    const response = worded(group, UNKNOWN, request, new Refusal("unknown_path"));
    return finished(group, UNKNOWN, request, response, began);
  };

  return { routes, fallback, inFlight: () => inFlight };
}

/** Refused for what lies behind us, not for what the caller did. */
function isStoreAway(problem: Problem): boolean {
  return problem.code === "store_unavailable";
}

/** What servers log for a client that hung up; no standard names it, and nobody receives it. */
const CLIENT_GONE = 499;

/** A base for URLs of which only the path is looked at. */
const NOWHERE = "http://localhost/";

/** Stands for all paths that are not there, so that whoever asks for many does not make many metrics. */
const UNKNOWN = "(unknown)";

const nobody: RouteGroup = {
  name: "none",
  routes: [],
  prefixes: [],
  crossOrigin: false,
  refuse: plainRefusal,
};

function isBelow(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
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

function methodsAllowed(byMethod: ReadonlyMap<Method, Route>): string {
  const methods: string[] = [...byMethod.keys()];
  if (byMethod.has("GET")) methods.push("HEAD");
  return [...methods, "OPTIONS"].join(", ");
}

function callOf(request: Request, server: Server<unknown>, body: unknown): Call<unknown> {
  return {
    request,
    body,
    params: (request as BunRequest).params ?? {},
    address: () => addressOf(request, server),
    url: () => urlOf(request, server.url.href),
  };
}

/** The peer's address; IPv4-mapped IPv6 is written as IPv4, and an unknown one as the unspecified address. */
export function addressOf(request: Request, server: Server<unknown>): string {
  const address = server.requestIP(request)?.address ?? "0.0.0.0";
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
