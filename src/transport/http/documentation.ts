import type { z } from "zod";
import type { Problem } from "./refusal.ts";

/**
 * What a route says of itself beyond its schemas, for `/openapi.json` and the reference page. Nothing here changes how
 * a request is answered.
 */
export interface RouteDoc {
  /** The operation's name in generated clients: camelCase, unique in the whole server. */
  readonly id: string;
  /** Whatever the summary leaves out, in Markdown. */
  readonly description?: string;
  /** What each path parameter is; with `enum`, one of these. */
  readonly params?: Readonly<
    Record<string, string | { readonly description: string; readonly enum: readonly string[] }>
  >;
  /** What each parameter of the query is. */
  readonly query?: Readonly<Record<string, string>>;
  /** A request as the protocol's document shows it. A test replays it against a running server. */
  readonly example?: RequestExample;
  /** True: it asks for the token of an account by itself, whatever its policy says. */
  readonly asksForAccount?: true;
  /** What it answers when all is well, by status. */
  readonly responses: Readonly<Record<number, ResponseDoc>>;
  /**
   * The problems its handler refuses with; those of the transport (bad JSON, a wrong field) come by themselves. Status
   * and example are what the group's `refuse` makes of each.
   */
  readonly refusals?: readonly Problem[];
  /** What a refusal's body is, where it differs from the group's. */
  readonly error?: z.ZodType;
}

export interface RequestExample {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
}

export interface ResponseDoc {
  readonly description: string;
  /** What the JSON body is. */
  readonly schema?: z.ZodType;
  /** A body as the protocol's document shows it. */
  readonly example?: unknown;
  /** The media type of a body that is not JSON. */
  readonly mediaType?: string;
}

/** What a group says of itself. A group without it, such as the pages, is left out of the documentation. */
export interface GroupDoc {
  /** The heading its routes stand under. Several groups may share one. */
  readonly title: string;
  /** A few sentences in Markdown. */
  readonly description: string;
  /** What the body of a refusal is. */
  readonly error: z.ZodType;
  /** Problems that any of its routes may refuse with. */
  readonly refusals?: readonly Problem[];
}
