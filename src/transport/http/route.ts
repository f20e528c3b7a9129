import type { z } from "zod";
import type { Problem } from "./refusal.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One request on its way to a handler: decoded, validated, and nothing of the runtime's server in it. */
export interface Call<Body = unknown> {
  readonly request: Request;
  /** Path parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: Body;
  /** The address at the other end of the connection, IPv4-mapped IPv6 written as IPv4. */
  address(): string;
  /** The request's own URL. */
  url(): URL;
}

/** One method on one path. Use {@link route} to write one with its types inferred. */
export interface Route {
  readonly method: Method;
  /** Starts with `/`, no trailing slash (both forms are served); `:name` is a parameter. */
  readonly path: string;
  /** What the JSON body must be; without it the body is not read. */
  readonly body?: z.ZodType | undefined;
  /** One line for the generated documentation. */
  readonly summary: string;
  handle(call: Call<never>): Response | Promise<Response>;
}

/** Routes that answer errors in one shape. */
export interface RouteGroup {
  readonly name: string;
  readonly routes: readonly Route[];
  /** Unknown paths below these are answered in this group's shape. */
  readonly prefixes: readonly string[];
  /** True: any web page may call these (CORS `*`). */
  readonly crossOrigin: boolean;
  /** Puts a problem into the group's own words. */
  refuse(problem: Problem, path: string): Response;
}

export function route<Schema extends z.ZodType>(spec: {
  method: Method;
  path: string;
  summary: string;
  body: Schema;
  handle(call: Call<z.output<Schema>>): Response | Promise<Response>;
}): Route;
export function route(spec: {
  method: Method;
  path: string;
  summary: string;
  handle(call: Call<undefined>): Response | Promise<Response>;
}): Route;
export function route(spec: Route): Route {
  return spec;
}

const JSON_HEADERS = { "content-type": "application/json" };

/** A refusal in the shape of everything that belongs to no document. */
export function plainRefusal({ status, code, message }: Problem): Response {
  return json(status, { error: code, message });
}

/** A JSON answer. */
export function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: JSON_HEADERS });
}
