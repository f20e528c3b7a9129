import { MAX_BODY_BYTES, readJson } from "./body.ts";
import type { Exchange } from "./exchange.ts";
import { Refusal } from "./refusal.ts";
import type { Route, RouteGroup } from "./route.ts";
import { firstRepeated, queryPairs } from "./url.ts";
import { validate, validateEmpty } from "./validate.ts";

/**
 * What a route is given of a body that has been received. An empty one counts as `{}`; where that will not do, it is the
 * body that is missing, not each of its fields.
 *
 * @throws {Refusal} body_too_large, bad_json, invalid_field
 */
export function bodyOf(group: RouteGroup, route: Route, bytes: Uint8Array): unknown {
  const { recurring } = route;
  if (recurring === undefined) return readBody(group, route, bytes);
  return recurring.recall(bytes) ?? recurring.keep(bytes, readBody(group, route, bytes));
}

function readBody({ json: rules }: RouteGroup, route: Route, bytes: Uint8Array): unknown {
  const body = readJson(bytes, route.maxBodyBytes ?? MAX_BODY_BYTES, rules);
  if (body === undefined) return validateEmpty(route.body!);
  return route.quick?.(body) ?? validate(route.body!, body, "body");
}

/**
 * What a route is given of the query.
 *
 * @throws {Refusal} invalid_field, also if a parameter is given twice: different readers would take different ones
 */
export function queryOf({ query: schema }: Route, request: Request): unknown {
  if (schema === undefined) return undefined;
  const pairs = queryPairs(request.url);
  const twice = firstRepeated(pairs.map(([name]) => name));
  if (twice !== undefined) {
    const [name, message] = [twice.slice(0, 64), "given more than once"];
    throw new Refusal("invalid_field", `${name}: ${message}`, [{ path: ["query", name], kind: "repeated", message }]);
  }
  return validate(schema, Object.fromEntries(pairs), "query");
}

/** What the slowest client that is waited for sends in a second; half of a slow phone line. In bytes. */
const BODY_BYTES_PER_SECOND = 16 * 1024;

/** The longest the runtime can wait, in seconds. */
const MOST_SECONDS = 255;

/** How long any request may take without an answer, its body included, in seconds. The listener's `idleTimeout`. */
export const USUAL_SECONDS = 30;

/** The runtime's own patience is enough for a body of the usual size; a large one gets more, as it says how large it is. */
export function allowTime(exchange: Exchange, limit: number): void {
  const bytes = Math.min(limit, Number(exchange.request.headers.get("content-length") ?? limit));
  if (bytes > MAX_BODY_BYTES) {
    exchange.allowSeconds(Math.min(MOST_SECONDS, USUAL_SECONDS + Math.ceil(bytes / BODY_BYTES_PER_SECOND)));
  }
}
