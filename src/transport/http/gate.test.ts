import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { z } from "zod";
import type { RequestLimit, Standing } from "../limits/limit.ts";
import type { Caller } from "./call.ts";
import { readAddressBlock, trustProxies } from "./client-address.ts";
import { openGate, type Gate } from "./gate.ts";
import { policy } from "./policy.ts";
import { Refusal } from "./refusal.ts";
import { json, route, type Answer, type Call, type RouteGroup } from "./route.ts";
import { createRouter } from "./router.ts";

/** A token is `subject:scopes:owned`; anything else is refused. */
const guard: Gate["guard"] = {
  asks: true,
  nobody: { subject: null, account: null, expiresAt: null, may: () => false },
  async identify(token): Promise<Caller> {
    const [subject, scopes, owned] = token.split(":");
    if (scopes === undefined) throw Object.assign(new Error("bad"), { code: "invalid_token", status: 401 });
    const held = scopes.split(",");
    const may: Caller["may"] = (scope, id) =>
      held.includes("admin") || (held.includes(scope) && (id === undefined || id === owned));
    return { subject: subject!, account: null, expiresAt: null, may };
  },
  redeem: () => Promise.reject(new Error("no tickets here")),
};

const routes = [
  route({ method: "GET", path: "/t/open", summary: "", policy: policy.open, handle: who }),
  route({ method: "GET", path: "/t/silent", summary: "", policy: policy.signedIn, handle: who }),
  route({
    method: "GET",
    path: "/t/hosts/:id",
    summary: "",
    policy: policy.host(({ params }) => params["id"]!),
    handle: who,
  }),
  route({ method: "POST", path: "/t/zones", summary: "", policy: policy.admin, handle: who }),
  route({ method: "GET", path: "/t/zones", summary: "", policy: policy.signedIn, handle: who }),
  route({
    method: "POST",
    path: "/t/body",
    summary: "",
    body: z.object({ owner: z.string() }),
    policy: policy.peer(async ({ body }: Call<{ owner: string }>) => body.owner),
    handle: who,
  }),
  route({
    method: "POST",
    path: "/t/either",
    summary: "",
    policy: policy.any(
      policy.host(() => null),
      policy.player(({ url }) => {
        const id = url().searchParams.get("id");
        if (id === "gone") throw new Refusal("unknown_path", "no such session");
        return id;
      }),
    ),
    handle: who,
  }),
  route({
    method: "POST",
    path: "/t/beats/:id",
    summary: "",
    policy: policy.open,
    budget: ({ params }) => params["id"]!,
    handle: who,
  }),
];

function who({ caller, address, url }: Call<unknown, unknown>): Answer {
  return json(200, { subject: caller.subject, address, url: url().href });
}

function serve(gate: Gate, limit?: RequestLimit): { url: string; stop(): Promise<void> } {
  const group: RouteGroup = {
    name: "t",
    routes,
    prefixes: ["/t"],
    crossOrigin: true,
    limit,
    refuse: ({ status, code, message }) => json(status, { shape: code, message }),
  };
  const failed = (_: string, __: string, error: unknown): void => console.error(error);
  const router = createRouter([group], { answered: () => undefined, failed }, gate);
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, routes: router.routes, fetch: router.fallback });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

async function ask(base: string, method: string, path: string, headers: Record<string, string> = {}, body?: unknown) {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(base + path, { method, headers, ...init });
  const text = await response.text();
  const said = text === "" ? null : (JSON.parse(text) as Record<string, string>);
  return { status: response.status, headers: response.headers, said };
}

describe("pages, while too much is asked for", () => {
  let server: ReturnType<typeof serve>;
  const overload = { sheds: () => true, behindMs: () => 99 };
  afterEach(() => server.stop());

  test("of an allowed origin may read the refusal where tokens are asked for, those of no other", async () => {
    server = serve({ ...openGate, guard, allowedOrigins: ["http://a", "http://b"], overload });
    for (const origin of ["http://a", "http://b", "http://a"]) {
      const refused = await ask(server.url, "GET", "/t/open", { origin });
      expect(refused).toMatchObject({ status: 503, said: { shape: "overloaded" } });
      expect(refused.headers.get("access-control-allow-origin")).toBe(origin);
      expect(refused.headers.get("vary")).toBe("Origin");
    }
    for (const headers of [{ origin: "http://c" }, undefined]) {
      const refused = await ask(server.url, "GET", "/t/open", headers);
      expect(refused.status).toBe(503);
      expect(refused.headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  test("of any origin may in open mode", async () => {
    server = serve({ ...openGate, overload });
    const refused = await ask(server.url, "GET", "/t/open", { origin: "http://c" });
    expect(refused.status).toBe(503);
    expect(refused.headers.get("access-control-allow-origin")).toBe("*");
  });

  test("have their preflights answered", async () => {
    server = serve({ ...openGate, guard, allowedOrigins: ["http://a"], overload });
    const headers = { origin: "http://a", "access-control-request-method": "GET" };
    const preflight = await ask(server.url, "OPTIONS", "/t/open", headers);
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("http://a");
  });
});

describe("routes behind a gate that asks", () => {
  let server: ReturnType<typeof serve>;
  beforeAll(() => {
    server = serve({ ...openGate, guard, allowedOrigins: ["http://a"] });
  });
  afterAll(() => server.stop());

  const as = (token: string | null, method: string, path: string, body?: unknown) =>
    ask(server.url, method, path, token === null ? {} : { authorization: `Bearer ${token}` }, body);

  test("an open one asks nobody, whatever they send", async () => {
    expect(await as(null, "GET", "/t/open")).toMatchObject({ status: 200, said: { subject: null } });
    expect(await as("rubbish", "GET", "/t/open")).toMatchObject({ status: 200, said: { subject: null } });
  });

  test("one for whoever is signed in takes any good token and no other", async () => {
    const none = await as(null, "GET", "/t/silent");
    expect(none).toMatchObject({ status: 401, said: { shape: "token_required" } });
    expect(none.headers.get("www-authenticate")).toBe('Bearer realm="rendezvous"');
    const bad = await as("rubbish", "GET", "/t/silent");
    expect(bad).toMatchObject({ status: 401, said: { shape: "invalid_token" } });
    expect(bad.headers.get("www-authenticate")).toContain('error="invalid_token"');
    expect(await as("alice:", "GET", "/t/silent")).toMatchObject({ status: 200, said: { subject: "alice" } });
  });

  test("credentials of another scheme are no token", async () => {
    const basic = await ask(server.url, "GET", "/t/silent", { authorization: "Basic YWxpY2U6eA==" });
    expect(basic).toMatchObject({ status: 401, said: { shape: "token_required" } });
    const lower = await ask(server.url, "GET", "/t/silent", { authorization: "bearer alice:" });
    expect(lower.status).toBe(200);
  });

  test("scope and owner both count", async () => {
    expect((await as("a:host:h1", "GET", "/t/hosts/h1")).status).toBe(200);
    const other = await as("a:host:h2", "GET", "/t/hosts/h1");
    expect(other).toMatchObject({ status: 403, said: { shape: "forbidden" } });
    expect(other.headers.get("www-authenticate")).toContain('error="insufficient_scope"');
    expect((await as("a:client:h1", "GET", "/t/hosts/h1")).status).toBe(403);
    expect((await as("a:admin:", "GET", "/t/hosts/h1")).status).toBe(200);
  });

  test("one path may ask for more in one method than in another", async () => {
    expect((await as("a:client:", "GET", "/t/zones")).status).toBe(200);
    expect((await as("a:client:", "POST", "/t/zones")).status).toBe(403);
    expect((await as("a:admin:", "POST", "/t/zones")).status).toBe(200);
  });

  test("the owner may stand in the body; who has no scope for it does not get it read", async () => {
    expect((await as("a:host:x", "POST", "/t/body", { owner: "x" })).status).toBe(200);
    expect((await as("a:client:x", "POST", "/t/body", { owner: "x" })).status).toBe(200);
    expect((await as("a:client:x", "POST", "/t/body", { owner: "y" })).status).toBe(403);
    expect((await as("a:client:x", "POST", "/t/body", {})).status).toBe(400);
    expect((await as("a::x", "POST", "/t/body", {})).status).toBe(403);
    expect((await as(null, "POST", "/t/body", {})).status).toBe(401);
  });

  test("any of several grants is enough, and an owner that cannot be found is the answer", async () => {
    expect((await as("a:client:p", "POST", "/t/either?id=p")).status).toBe(200);
    expect((await as("a:host,client:p", "POST", "/t/either?id=p")).status).toBe(200);
    expect((await as("a:host:p", "POST", "/t/either?id=p")).status).toBe(403);
    expect(await as("a:client:p", "POST", "/t/either?id=gone")).toMatchObject({
      status: 404,
      said: { message: "no such session" },
    });
  });

  test("a preflight needs no token, and operators' methods are not offered to pages of other origins", async () => {
    const { status, headers } = await ask(server.url, "OPTIONS", "/t/zones", { origin: "http://a" });
    expect(status).toBe(204);
    expect(headers.get("allow")).toBe("POST, GET, HEAD, OPTIONS");
    expect(headers.get("access-control-allow-methods")).toBe("GET, HEAD, OPTIONS");
    const [origin, authorization] = ["http://a", "Bearer a:admin:"];
    const change = await ask(server.url, "POST", "/t/zones", { origin, authorization });
    expect([change.status, change.headers.get("access-control-allow-origin")]).toEqual([200, null]);
    const look = await ask(server.url, "GET", "/t/zones", { origin, authorization });
    expect([look.headers.get("access-control-allow-origin"), look.headers.get("vary")]).toEqual([origin, "Origin"]);
    const ours = (await as("a:admin:", "GET", "/t/zones")).headers;
    expect([ours.get("access-control-allow-origin"), ours.get("vary")]).toEqual([null, "Origin"]);
  });

  test("a page of an origin that is not allowed is refused before its token is looked at, wherever it asks", async () => {
    for (const [method, path] of [
      ["GET", "/t/open"],
      ["OPTIONS", "/t/open"],
      ["GET", "/t/none"],
      ["POST", "/t/zones"],
    ] as const) {
      const refused = await ask(server.url, method, path, { origin: "http://b", authorization: "Bearer bad" });
      expect([path, refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([path, 403, null]);
    }
    const own = await ask(server.url, "GET", "/t/open", { origin: new URL(server.url).origin });
    expect(own.status).toBe(200);
  });
});

describe("routes behind an open gate", () => {
  let server: ReturnType<typeof serve>;
  beforeAll(() => {
    const proxies = trustProxies([readAddressBlock("127.0.0.1")!]);
    server = serve({ ...openGate, proxies, ownOrigins: ["https://play.example.org"] });
  });
  afterAll(() => server.stop());

  test("everybody may everything, whatever token they send", async () => {
    for (const [method, path] of [
      ["GET", "/t/hosts/h"],
      ["POST", "/t/zones"],
      ["GET", "/t/silent"],
    ] as const) {
      expect((await ask(server.url, method, path, { authorization: "Bearer x" })).status).toBe(200);
    }
    expect((await ask(server.url, "POST", "/t/body", {}, { owner: "anybody" })).status).toBe(200);
  });

  test("but pages of other origins may not do what only operators may", async () => {
    const post = (headers: Record<string, string>) => ask(server.url, "POST", "/t/zones", headers);
    expect(await post({ origin: "https://evil.example" })).toMatchObject({ status: 403, said: { shape: "forbidden" } });
    expect((await post({ origin: "null" })).status).toBe(403);
    expect((await post({ origin: server.url })).status).toBe(200);
    expect((await post({ origin: "https://play.example.org" })).status).toBe(200);
    expect((await post({ origin: "http://play.example.org" })).status).toBe(403);
    const proxied = { "x-forwarded-host": "arena.example", "x-forwarded-proto": "https", "x-forwarded-for": "6.6.6.6" };
    expect((await post({ ...proxied, origin: "https://arena.example" })).status).toBe(200);
    expect((await post({ ...proxied, origin: "http://arena.example" })).status).toBe(403);
    expect((await ask(server.url, "GET", "/t/zones", { origin: "https://evil.example" })).status).toBe(200);
  });

  test("handlers see client and URL as trusted proxies tell them", async () => {
    const headers = { "x-forwarded-for": "6.6.6.6", "x-forwarded-proto": "https", "x-forwarded-host": "a.example" };
    expect((await ask(server.url, "GET", "/t/open?q=1", headers)).said).toMatchObject({
      address: "6.6.6.6",
      url: "https://a.example/t/open?q=1",
    });
    expect((await ask(server.url, "GET", "/t/open")).said).toMatchObject({ address: "127.0.0.1" });
  });
});

describe("routes with a limit", () => {
  let server: ReturnType<typeof serve> | null = null;
  let taken: [client: string, own: string | undefined][];
  let left: number;

  beforeEach(async () => {
    await server?.stop();
    taken = [];
    left = 2;
  });
  afterAll(() => server?.stop());

  const limited = (countsLocal: boolean, gate: Gate = openGate): string => {
    server = serve(gate, {
      countsLocal,
      async take(client, own): Promise<Standing> {
        taken.push([client, own]);
        const allowed = left-- > 0;
        return {
          allowed,
          name: "default",
          limit: 2,
          windowMs: 60_000,
          remaining: Math.max(0, left),
          resetMs: 1_001,
          retryMs: 1,
        };
      },
    });
    return server.url;
  };

  test("every answer says where the client stands, and a refusal when to come back", async () => {
    const url = limited(true);
    const fine = await ask(url, "GET", "/t/open");
    expect(fine.headers.get("ratelimit")).toBe('"default";r=1;t=2');
    expect(fine.headers.get("ratelimit-policy")).toBe('"default";q=2;w=60');
    expect(fine.headers.get("retry-after")).toBeNull();
    await ask(url, "GET", "/t/open");
    const over = await ask(url, "GET", "/t/open");
    expect(over).toMatchObject({ status: 429, said: { shape: "rate_limited" } });
    expect(over.headers.get("ratelimit")).toBe('"default";r=0;t=2');
    expect(over.headers.get("retry-after")).toBe("1");
    expect(over.headers.get("access-control-allow-origin")).toBe("*");
    expect(over.headers.get("access-control-expose-headers")).toContain("Retry-After");
  });

  test("unknown paths, wrong methods and refused tokens count too; preflights do not", async () => {
    const url = limited(true, { ...openGate, guard });
    left = 100;
    expect((await ask(url, "GET", "/t/nothing/there")).status).toBe(404);
    expect((await ask(url, "DELETE", "/t/open")).status).toBe(405);
    expect((await ask(url, "GET", "/t/silent")).status).toBe(401);
    expect(taken).toHaveLength(3);
    expect((await ask(url, "OPTIONS", "/t/open")).status).toBe(204);
    expect((await ask(url, "OPTIONS", "/t/nothing")).status).toBe(404);
    expect(taken).toHaveLength(3);
    left = 0;
    expect((await ask(url, "GET", "/t/nothing/there")).status).toBe(429);
    expect((await ask(url, "DELETE", "/t/open")).status).toBe(429);
  });

  test("a route with a budget names it; a name of any length would be a key of any length", async () => {
    const url = limited(true);
    await ask(url, "POST", "/t/beats/host-1");
    await ask(url, "POST", `/t/beats/${"x".repeat(257)}`);
    expect(taken).toEqual([
      ["127.0.0.1", "host-1"],
      ["127.0.0.1", undefined],
    ]);
  });

  test("this machine's own calls do not count unless asked for; those of a proxy and of pages do", async () => {
    const url = limited(false);
    const plain = await ask(url, "GET", "/t/open");
    expect(plain.headers.get("ratelimit")).toBeNull();
    expect(taken).toEqual([]);
    await ask(url, "GET", "/t/open", { "x-forwarded-for": "6.6.6.6" });
    await ask(url, "GET", "/t/open", { origin: "https://evil.example" });
    expect(taken).toEqual([
      ["127.0.0.1", undefined],
      ["127.0.0.1", undefined],
    ]);
  });

  test("behind trusted proxies each client counts by itself, IPv6 by its network", async () => {
    const url = limited(false, { ...openGate, proxies: trustProxies([readAddressBlock("127.0.0.0/8")!]) });
    left = 100;
    for (const address of ["6.6.6.6", "7.7.7.7", "2001:db8:1:2:3::4", "2001:db8:1:2:ffff::"]) {
      await ask(url, "GET", "/t/open", { "x-forwarded-for": address });
    }
    expect(taken.map(([client]) => client)).toEqual(["6.6.6.6", "7.7.7.7", "2001:db8:1:2::/64", "2001:db8:1:2::/64"]);
  });
});
