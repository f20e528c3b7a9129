import type { BunRequest, Server } from "bun";
import { readJson } from "./body.ts";
import { allowAnyOrigin, preflight } from "./cors.ts";
import { problemOf, Refusal } from "./refusal.ts";
import { json, type Call, type Method, type Route, type RouteGroup } from "./route.ts";
import { validate } from "./validate.ts";

type Handler = (request: Request, server: Server<unknown>) => Response | Promise<Response>;

/** What the server wants to know of every request that was answered. */
export interface Observer {
  /** `route` is the pattern, never the path, so that ids do not become metric labels. */
  answered(route: string, method: string, status: number, milliseconds: number): void;
  /** An error nobody meant. */
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

  const answer = async (
    group: RouteGroup,
    pattern: string,
    request: Request,
    respond: () => Response | Promise<Response>,
  ): Promise<Response> => {
    const started = performance.now();
    inFlight++;
    let response: Response;
    try {
      response = await respond();
    } catch (error) {
      const problem = problemOf(error);
      if (problem === null) observer.failed(pattern, request.method, error);
      response = group.refuse(problem ?? new Refusal("internal"), new URL(request.url).pathname);
    } finally {
      inFlight--;
    }
    if (group.crossOrigin) allowAnyOrigin(response);
    observer.answered(pattern, request.method, response.status, performance.now() - started);
    return response;
  };

  const routes: Record<string, Handler> = {};
  for (const [path, { group, byMethod }] of collect(groups)) {
    const allowed = methodsAllowed(byMethod);
    const handler: Handler = (request, server) =>
      answer(group, path, request, async () => {
        const method = request.method === "HEAD" ? "GET" : request.method;
        const found = byMethod.get(method as Method);
        if (found === undefined) {
          if (request.method === "OPTIONS") return preflight(request, allowed, group.crossOrigin);
          const refused = group.refuse(new Refusal("method_not_allowed"), path);
          refused.headers.set("allow", allowed);
          return refused;
        }
        const body = found.body === undefined ? undefined : validate(found.body, await readJson(request));
        return found.handle(callOf(request, server, body) as Call<never>);
      });
    routes[path] = handler;
    if (path !== "/") routes[`${path}/`] = handler;
  }

  const fallback: Handler = (request) => {
    const path = new URL(request.url).pathname;
    const group = groups.find((one) => one.prefixes.some((prefix) => isBelow(prefix, path))) ?? nobody;
    return answer(group, "(unknown)", request, () => {
      throw new Refusal("unknown_path");
    });
  };

  return { routes, fallback, inFlight: () => inFlight };
}

const nobody: RouteGroup = {
  name: "none",
  routes: [],
  prefixes: [],
  crossOrigin: false,
  refuse: (problem) => json(problem.status, { error: problem.code, message: problem.message }),
};

function isBelow(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}

function collect(groups: readonly RouteGroup[]) {
  const paths = new Map<string, { group: RouteGroup; byMethod: Map<Method, Route> }>();
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
    url: () => new URL(request.url),
  };
}

/** The peer's address; IPv4-mapped IPv6 is written as IPv4, and an unknown one as the unspecified address. */
export function addressOf(request: Request, server: Server<unknown>): string {
  const address = server.requestIP(request)?.address ?? "0.0.0.0";
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
