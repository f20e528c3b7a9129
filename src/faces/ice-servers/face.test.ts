import { describe, expect, test } from "bun:test";
import { systemRandom } from "../../adapters/system/random.ts";
import { createIceServers, type IceServer } from "../../core/credentials/ice-servers.ts";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createRouter } from "../../transport/http/router.ts";
import { iceServersFace } from "./face.ts";

const clock = createVirtualClock(1_893_452_400_000);
const iceServers = createIceServers({
  clock,
  stunUrls: ["stun:turn.example.org"],
  turnUrls: ["turn:turn.example.org"],
  secret: "north",
  ttlSeconds: 3600,
});
const face = iceServersFace({
  iceServers,
  limits: { turn: undefined },
  random: systemRandom,
  ttlSeconds: 3600,
  mayHave: null,
});
const router = createRouter(face.http, { answered: () => {}, failed: () => {} });

/** Neither route asks for the caller's address, so that no server is needed behind the router. */
const noServer = null as never;
const ask = (method = "GET") =>
  router.routes["/api/ice-servers"]!(new Request("http://localhost/api/ice-servers", { method }), noServer);

describe("GET /api/ice-servers", () => {
  test("hands out the list with a credential of its own for every caller", async () => {
    const bodies = (await Promise.all([ask(), ask()].map(async (one) => (await one).json()))) as {
      iceServers: IceServer[];
      ttl: number;
    }[];
    const users = bodies.map(({ iceServers: list, ttl }) => {
      expect(ttl).toBe(3600);
      expect(list).toHaveLength(2);
      expect(list[0]).toEqual({ urls: "stun:turn.example.org" });
      expect(list[1]).toMatchObject({ urls: "turn:turn.example.org", credential: expect.stringMatching(/^.{27}=$/) });
      expect(list[1]?.username).toMatch(/^1893456000:[\w-]{12}$/);
      return list[1]?.username;
    });
    expect(users[0]).not.toBe(users[1]!);
  });

  test("may be read by any web page and is never cached", async () => {
    const { headers, status } = await ask();
    expect(status).toBe(200);
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("refuses other methods and paths in its own shape", async () => {
    const refused = await ask("POST");
    expect(refused.status).toBe(405);
    expect(await refused.json()).toEqual({ error: "method_not_allowed", message: expect.any(String) });

    const unknown = await router.fallback(new Request("http://localhost/api/ice-servers/7"), noServer);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toEqual({ error: "unknown_path", message: expect.any(String) });
  });
});
