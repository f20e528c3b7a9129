import fc from "fast-check";
import type { JsonSchema, OpenApiDocument } from "../../src/transport/openapi/types.ts";
import { operationsOf, jsonOf, type Described } from "../support/openapi.ts";
import { hostileText, nearly } from "./hostile.ts";
import { namesIn, reference, type Knowledge } from "./knowledge.ts";
import { valuesOf } from "./values.ts";

/** A request before anything is known: texts may have references in them. */
export interface Plan {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly string[];
  readonly body: string | null;
  /** Chooses which of the things that are known it is about. */
  readonly at: number;
  /** True: the body goes in chunks. */
  readonly chunked: boolean;
}

/** One that can be sent, and what belongs to it. */
export interface Filled {
  readonly plan: Plan;
  readonly wire: Buffer;
  readonly about: Readonly<Record<string, string>>;
  /** False: its path may lead elsewhere than to its operation. */
  readonly isItself: boolean;
}

/** Those that cost much, or undo much, are rare. */
const WEIGHTS: Readonly<Record<string, number>> = {
  signUp: 2,
  signIn: 1,
  changePassword: 1,
  resetPassword: 1,
  deleteAccount: 1,
  cleanUpArena: 1,
  unregisterHost: 4,
  getMetrics: 3,
  listHosts: 6,
  listZones: 6,
  listSessions: 6,
  getReplay: 5,
  watchQueue: 3,
  joinQueue: 40,
  pollQueue: 40,
  reportResult: 40,
  openSession: 40,
};
const USUAL = 16;

/** Requests to all operations of the document: most are good, many are nearly good. */
export function plansOf(document: OpenApiDocument): fc.Arbitrary<Plan> {
  return fc.oneof(
    ...operationsOf(document).map((one) => ({
      weight: WEIGHTS[one.id] ?? USUAL,
      arbitrary: planOf(one, document.components.schemas),
    })),
  );
}

const good =
  (weight: number) =>
  <T>(arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });
const asText = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

function planOf({ id, method, path, operation }: Described, schemas: Readonly<Record<string, JsonSchema>>) {
  const { parameters = [], requestBody, security } = operation;
  const own = parameters.filter((one) => one.in === "path");
  const params = fc.tuple(...own.map(({ name, schema }) => place(valuesOf(schema, schemas, name))));
  const inQuery = parameters.filter((one) => one.in === "query");
  const query = fc.tuple(
    ...inQuery.map(({ name, schema, required }) =>
      fc.option(place(valuesOf(schema, schemas, name)), { freq: required ? 20 : 1, nil: null }),
    ),
  );
  const schema = jsonOf(requestBody?.content)?.schema;
  const values = schema === undefined ? null : valuesOf(schema, schemas);
  const body: fc.Arbitrary<string | null> =
    values === null
      ? fc.oneof(good(30)(fc.constant(null)), good(1)(hostileText))
      : fc.oneof(good(11)(values.map(asText)), good(9)(nearly(values)), good(1)(fc.constant(null)));
  const wantsAccount = security.some((way) => Object.hasOwn(way, "account"));
  return fc
    .record({
      at: fc.nat(10_000),
      params,
      query,
      body,
      headers: headers(wantsAccount),
      chunked: fc.integer({ min: 0, max: 19 }).map((at) => at === 0),
      verb: fc.oneof(good(60)(fc.constant(method)), good(1)(fc.constantFrom("HEAD", "OPTIONS", "PUT", "PATCH"))),
      tail: fc.constantFrom("", "", "", "", "", "", "", "", "", "/"),
    })
    .map(({ at, params, query, body, headers, chunked, verb, tail }): Plan => {
      const names = own.map(({ name }) => name);
      const target = path.replace(/\{(\w+)\}/g, (_, name: string) => params[names.indexOf(name)] ?? "");
      const given = inQuery.flatMap(({ name }, at) => (query[at] === null ? [] : [`${name}=${query[at]}`]));
      return { id, method: verb, path: target + tail, query: given.join("&"), headers, body, at, chunked };
    });
}

/** A value as it stands in a URL: sometimes another one. References are written when they are filled in. */
function place(values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc.oneof(
    good(12)(values.map((value) => encoded(asText(value)))),
    good(1)(hostileText.map(encoded)),
    good(1)(fc.constantFrom("%", "%zz", "%00", "%c3%28", "a%2Fb", "..", ".", "%2e%2e", "", "a;b", "a?b=1", "é")),
  );
}

/** What is no character has no form in a URL. */
function encoded(text: string): string {
  if (namesIn(text).length > 0) return text;
  return encodeURIComponent(text.toWellFormed());
}

const ODD_HEADERS: readonly string[] = [
  "Content-Type: text/plain",
  "Content-Type: application/json; charset=utf-16",
  "Content-Encoding: gzip",
  "Origin: https://evil.example",
  "Origin: null",
  "X-Forwarded-For: 1.2.3.4, ::1, nonsense",
  'Forwarded: for=unknown;proto=gopher;host="[::1',
  "X-Forwarded-Host: %",
  "X-Forwarded-Proto: https",
  "Upgrade: websocket",
  "Upgrade: h2c",
  "Accept-Encoding: gzip, br;q=NaN",
  "If-None-Match: *",
  "Range: bytes=0-0,-1",
  "Last-Event-ID: matched",
  "Cookie: a=b; __proto__=c",
  "Access-Control-Request-Method: DELETE",
  "Authorization: Bearer",
  "Authorization: Bearer a.b.c",
  "Authorization: Basic dXNlcjpwYXNz",
  `Authorization: Bearer ${"x".repeat(8_000)}`,
  `X-Long: ${"y".repeat(12_000)}`,
  "Accept: \u00ff",
];

function headers(wantsAccount: boolean): fc.Arbitrary<readonly string[]> {
  const odd = fc.oneof(good(9)(fc.constant([])), good(1)(fc.subarray([...ODD_HEADERS], { maxLength: 3 })));
  if (!wantsAccount) return odd;
  const token = fc.oneof(good(9)(reference("token")), good(1)(fc.uuid()));
  return fc.tuple(odd, token).map(([more, one]) => [...more, `Authorization: Bearer ${one}`]);
}

const json = (value: string): string => JSON.stringify(value).slice(1, -1);

/** Puts what is known into a request, and writes it. */
export function fill(plan: Plan, knowledge: Knowledge): Filled {
  const { at } = plan;
  const names = namesIn(plan.path, plan.headers.join(), plan.body ?? "", plan.query);
  const about = knowledge.about(names, at);
  const known = (text: string, write: (value: string) => string): string => knowledge.fill(text, about, at, write);
  const path = known(plan.path, encoded);
  const query = known(plan.query, encoded);
  const lines = plan.headers.map((line) => known(line, (value) => value.replace(/[^\x20-\x7e]/g, "")));
  const body = plan.body === null ? null : Buffer.from(known(plan.body, json));
  const head = [`${plan.method} ${path}${query === "" ? "" : `?${query}`} HTTP/1.1`, "Host: 127.0.0.1", ...lines];
  if (body !== null) {
    if (!lines.some((line) => line.startsWith("Content-Type"))) head.push("Content-Type: application/json");
    head.push(plan.chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`);
  }
  const start = Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1");
  const rest = body === null ? Buffer.alloc(0) : plan.chunked ? inChunks(body) : body;
  const isItself = path
    .split("/")
    .every((part, index) => index === 0 || !/^(\.|%2e|$)|[?#\\]|%(?![0-9a-f]{2})/i.test(part));
  return { plan, wire: Buffer.concat([start, rest]), about, isItself };
}

function inChunks(body: Buffer): Buffer {
  const middle = Math.floor(body.length / 2);
  const parts = [body.subarray(0, middle), body.subarray(middle)].filter((part) => part.length > 0);
  const chunks = parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]);
  return Buffer.concat([...chunks, Buffer.from("0\r\n\r\n")]);
}
