import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Answer, JsonSchema, Media, OpenApiDocument, Operation } from "../../src/transport/openapi/types.ts";
import { call, type Answer as HttpAnswer } from "./http.ts";

/** One operation of a document, with where it is. */
export interface Described {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export function operationsOf({ paths }: OpenApiDocument): readonly Described[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

/** Says what is wrong with a value by a schema of the document; null if nothing is. */
export function checker(document: OpenApiDocument): (schema: JsonSchema, value: unknown) => string | null {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  return (schema, value) => {
    const check = ajv.compile({ ...schema, components: document.components });
    return check(value) ? null : ajv.errorsText(check.errors);
  };
}

/** The JSON part of an answer or a body. */
export function jsonOf(content: Answer["content"]): Media | undefined {
  return content?.["application/json"];
}

/** All bodies that an answer shows. */
export function examplesOf({ example, examples = {} }: Media): readonly unknown[] {
  return [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)];
}

/** The answer an operation gives when all is well. */
export function successOf({ responses }: Operation): { readonly status: number; readonly answer: Answer } {
  const [status, answer] = Object.entries(responses).find(([code]) => code.startsWith("2"))!;
  return { status: Number(status), answer };
}

/**
 * Sends the examples of a document to a server. What the server chose itself, such as a session's id, takes the place of
 * what the example had there in every later request.
 */
export class Replay {
  readonly #url: string;
  readonly #place: (path: string) => string;
  readonly #named: (text: string) => string;
  readonly #chosen = new Map<string, string>();
  /** What an answer called a token last: it goes with what asks for one. */
  #token: string | null = null;

  /**
   * @param place where a path is asked for, if not where it is described
   * @param named another name for what an example chooses itself, so that several can be replayed on one server
   */
  constructor(
    url: string,
    place: (path: string) => string = (path) => path,
    named: (text: string) => string = (text) => text,
  ) {
    this.#url = url;
    this.#place = place;
    this.#named = named;
  }

  async send({ method, path, operation }: Described, body = bodyOf(operation)): Promise<HttpAnswer> {
    const { parameters = [] } = operation;
    const query = new URLSearchParams();
    let target = this.#place(path);
    for (const { name, in: place, example } of parameters) {
      if (example === undefined) continue;
      const value = this.#ours(String(example));
      if (place === "query") query.set(name, value);
      else target = target.replace(`{${name}}`, encodeURIComponent(value));
    }
    const search = query.size === 0 ? "" : `?${query}`;
    const sent = typeof body === "string" ? body : this.#replaced(body);
    const asksForToken =
      operation.security.length > 0 && !operation.security.some((way) => Object.keys(way).length === 0);
    const headers = asksForToken && this.#token !== null ? { authorization: `Bearer ${this.#token}` } : {};
    const answer = await call(method, this.#url + target + search, sent, headers);
    this.#token = answer.body?.token ?? this.#token;
    this.#learn(jsonOf(successOf(operation).answer.content)?.example, answer.body);
    return answer;
  }

  /** What stands in the examples for what the server, or its operator, chose. */
  knows(shown: string, ours: string): void {
    this.#chosen.set(shown, ours);
  }

  #learn(shown: unknown, came: unknown): void {
    if (typeof shown === "string" && typeof came === "string" && shown !== came) this.#chosen.set(shown, came);
    if (typeof shown !== "object" || typeof came !== "object" || shown === null || came === null) return;
    for (const [key, value] of Object.entries(shown)) this.#learn(value, came[key as keyof typeof came]);
  }

  #ours(text: string): string {
    return this.#chosen.get(text) ?? this.#named(text);
  }

  #replaced(body: unknown): unknown {
    if (body === undefined) return undefined;
    return JSON.parse(JSON.stringify(body), (_, value: unknown) =>
      typeof value === "string" ? this.#ours(value) : value,
    );
  }
}

function bodyOf({ requestBody }: Operation): unknown {
  return jsonOf(requestBody?.content)?.example;
}

/** The keys of a body at every depth, those of an array's entries together: what two bodies of one kind share. */
export function keysOf(body: unknown): unknown {
  if (Array.isArray(body)) {
    const entries = body.map(keysOf);
    return entries.every((one) => typeof one === "object") ? [Object.assign({}, ...entries)] : [entries[0]];
  }
  if (typeof body !== "object" || body === null) return "value";
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, keysOf(value)]));
}
