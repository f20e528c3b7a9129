import type { z } from "zod";
import type { Urgency } from "../limits/urgency.ts";
import type { RequestLimit } from "../limits/limit.ts";
import type { PathAlias } from "./aliases.ts";
import { JsonAnswer, type Answer } from "./answer.ts";
import type { Call } from "./call.ts";
import type { GroupDoc, RouteDoc } from "./documentation.ts";
import { writeExactJson } from "./exact-json.ts";
import type { JsonRules } from "./json.ts";
import type { Policy } from "./policy.ts";
import type { RecurringBodies } from "./recurring-bodies.ts";
import type { Problem } from "./refusal.ts";

export type { Call } from "./call.ts";
export { JSON_HEADERS, type Answer } from "./answer.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One method on one path. Use {@link route} to write one with its types inferred. */
export interface Route {
  readonly method: Method;
  /** Starts with `/`, no trailing slash (both forms are served); `:name` is a parameter. */
  readonly path: string;
  /** What the JSON body must be; without it the body is not read. */
  readonly body?: z.ZodType | undefined;
  /**
   * Reads a body of the usual form as the schema would, only faster; null leaves it to the schema. For what comes all the
   * time.
   */
  quick?(body: unknown): unknown;
  /** Of a route whose bodies are short, and of which there are few: what they came to. */
  readonly recurring?: RecurringBodies | undefined;
  /** The most the body may weigh, in bytes; left out, 64 KiB. */
  readonly maxBodyBytes?: number | undefined;
  /** What the query must be, each parameter a string; of one that is repeated the last counts. */
  readonly query?: z.ZodType | undefined;
  /** One line for the generated documentation. */
  readonly summary: string;
  /** Asked for in every group that has a {@link RouteGroup.doc}. */
  readonly doc?: RouteDoc | undefined;
  /** Who may call it; see `policy`. There is no default. */
  readonly policy: Policy;
  /** What becomes of it when there is more to do than can be done; left out, `usual`. */
  readonly urgency?: Urgency | undefined;
  /** How often a client may call this one, in place of the group's {@link RouteGroup.limit}. */
  readonly limit?: RequestLimit | undefined;
  /** Counts this route on a budget of that name instead of its client's. For calls that must not starve each other. */
  budget?(call: Pick<Call, "params">): string;
  /**
   * Set for an event stream: a browser's EventSource cannot set headers, so the credential may come as at a handshake, and
   * the stream ends with it.
   */
  readonly isStream?: true;
  handle(call: Call<never, never>): Answer | Promise<Answer>;
}

/** Routes that answer errors in one shape. */
export interface RouteGroup {
  readonly name: string;
  readonly routes: readonly Route[];
  /** Unknown paths below these are answered in this group's shape. */
  readonly prefixes: readonly string[];
  /** Other places where the same routes answer, such as a version's prefix. Metrics know only the declared path. */
  readonly aliases?: readonly PathAlias[];
  /** True: any web page may call these (CORS `*`). */
  readonly crossOrigin: boolean;
  /** How the JSON of bodies is read. */
  readonly json?: JsonRules;
  /** How often a client may call these; left out, as often as it likes. */
  readonly limit?: RequestLimit | undefined;
  /** Without it the group is left out of the generated documentation. */
  readonly doc?: GroupDoc;
  /** Puts a problem into the group's own words. */
  refuse(problem: Problem, path: string): Answer;
}

/** Writes a route; body and query get the types of their schemas, and are undefined without one. */
export function route<Body extends z.ZodType = z.ZodUndefined, Query extends z.ZodType = z.ZodUndefined>(
  spec: Omit<Route, "body" | "quick" | "query" | "policy" | "handle"> & {
    readonly body?: Body;
    quick?(body: unknown): z.output<Body> | null;
    readonly query?: Query;
    readonly policy: Policy<Call<z.output<Body>, z.output<Query>>>;
    handle(call: Call<z.output<Body>, z.output<Query>>): Answer | Promise<Answer>;
  },
): Route {
  return spec;
}

/** A refusal in the shape of everything that belongs to no document. */
export function plainRefusal({ status, code, message }: Problem): JsonAnswer {
  return json(status, { error: code, message });
}

/** A JSON answer. */
export function json(status: number, body: unknown): JsonAnswer {
  return new JsonAnswer(status, JSON.stringify(body));
}

/** A JSON answer in which each bigint is a number with all its digits. */
export function exactJson(status: number, body: unknown): JsonAnswer {
  return new JsonAnswer(status, writeExactJson(body));
}
