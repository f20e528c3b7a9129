import { afterAll, beforeEach, expect, test } from "bun:test";
import { InvalidRequest, NotFound, RateLimited, Unauthorized, Unavailable, Unreachable } from "./errors.ts";
import { Http } from "./http.ts";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string | null;
  readonly body: string;
}

/** What the next requests are answered; after the last one: 200 {}. */
let answers: (() => Response)[] = [];
let asked: Asked[] = [];

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    const token = request.headers.get("authorization");
    asked.push({ method: request.method, path: pathname + search, token, body: await request.text() });
    return answers.shift()?.() ?? Response.json({});
  },
});

beforeEach(() => {
  answers = [];
  asked = [];
});
afterAll(() => server.stop(true));

const refusal =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (): Response =>
    Response.json(body, { status, headers });
const soon = { "retry-after": "0" };
const http = (more: object = {}) => new Http({ url: server.url, ...more });
const failureOf = (asking: Promise<unknown>) => asking.then(undefined, (error: unknown) => error);

test("each face's words and code become the error of their status", async () => {
  answers = [
    refusal(404, { detail: "Host not found: x" }),
    refusal(400, { success: false, error: "hostId is required" }),
    refusal(401, { error: "token_required", message: "A token is required." }),
    refusal(401, { event: "error", error: "Wrong email or password.", code: "wrong_login" }),
    refusal(422, { detail: [{ type: "missing", loc: ["body", "connect_code"], msg: "Field required", input: {} }] }),
    refusal(404, { found: false, message: "No available hosts in this region." }),
    refusal(400, { error: { message: "Bad handshake" } }),
    () => new Response("<h1>Bad Gateway</h1>", { status: 502 }),
  ];
  const failures: unknown[] = [];
  for (const _ of [...answers]) failures.push(await failureOf(http().json("GET", "/x")));
  expect(failures).toMatchObject([
    { name: "NotFound", message: "Host not found: x", code: null, status: 404 },
    { name: "InvalidRequest", message: "hostId is required" },
    { name: "Unauthorized", message: "A token is required.", code: "token_required" },
    { name: "Unauthorized", message: "Wrong email or password.", code: "wrong_login" },
    { name: "InvalidRequest", message: "connect_code: Field required" },
    { name: "NotFound", message: "No available hosts in this region." },
    { name: "InvalidRequest", message: "Bad handshake" },
    { name: "RendezvousError", message: "HTTP 502", status: 502 },
  ]);
  expect(failures[0]).toBeInstanceOf(NotFound);
  expect(failures[1]).toBeInstanceOf(InvalidRequest);
  expect(failures[2]).toBeInstanceOf(Unauthorized);
});

test("a call is repeated when the server says so, as often as it may be", async () => {
  answers = [refusal(429, {}, soon), refusal(503, {}, soon)];
  expect(await http().json<unknown>("POST", "/x", { body: { a: 1 } })).toEqual({});
  expect(asked.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}', '{"a":1}']);

  answers = [refusal(429, { detail: "slow down" }, soon), refusal(429, { detail: "slow down" }, soon)];
  const refused = await failureOf(http({ retries: 1 }).json("GET", "/x"));
  expect(refused).toBeInstanceOf(RateLimited);
  expect(refused).toMatchObject({ message: "slow down", retryAfterMs: 0 });
});

test("what would happen twice, lies too far ahead or has no time is not repeated", async () => {
  answers = [refusal(503, {}, soon)];
  expect(await failureOf(http().json("POST", "/x", { once: true }))).toBeInstanceOf(Unavailable);
  answers = [refusal(429, {}, { "retry-after": "3600" })];
  expect(await failureOf(http().json("GET", "/x"))).toMatchObject({ retryAfterMs: 3_600_000 });
  answers = [refusal(429, { detail: "The session's mailbox is full." })];
  expect(await failureOf(http().json("POST", "/x"))).toBeInstanceOf(RateLimited);
  expect(asked.length).toBe(3);
});

test("a refused token is replaced once, and a good one stays", async () => {
  let made = 0;
  const client = http({ token: () => `token-${++made}` });
  answers = [refusal(401, {})];
  await client.json("GET", "/x");
  await client.json("GET", "/y");
  expect(asked.map(({ token }) => token)).toEqual(["Bearer token-1", "Bearer token-2", "Bearer token-2"]);
  answers = [refusal(401, {}), refusal(401, {})];
  expect(await failureOf(client.json("GET", "/x"))).toBeInstanceOf(Unauthorized);
});

test("where nobody answers it is tried again, and then said; an abort is not", async () => {
  let tries = 0;
  const nobody = async (): Promise<Response> => {
    tries++;
    throw new TypeError("connection refused");
  };
  expect(await failureOf(http({ fetch: nobody, retries: 1 }).json("GET", "/x"))).toBeInstanceOf(Unreachable);
  expect(tries).toBe(2);
  const stop = new AbortController();
  stop.abort(new Error("never mind"));
  expect(await failureOf(http().json("GET", "/x", { signal: stop.signal }))).toMatchObject({ message: "never mind" });
});

test("paths stand behind that of the server, and whole numbers of any size are sent exactly", async () => {
  const below = new Http({ url: `${server.url.origin}/below/` });
  await below.json("POST", "/x", { query: { a: 1, b: undefined }, body: { amount: 2n ** 200n } });
  expect(asked).toMatchObject([{ path: "/below/x?a=1", body: `{"amount":"${2n ** 200n}"}` }]);
});
