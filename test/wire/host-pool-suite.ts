import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eventually } from "../support/eventually.ts";
import { call, post } from "../support/http.ts";
import { openRoomPeer } from "../support/room-peer.ts";
import { startServer, type RunningServer } from "../support/server.ts";

/** The whole document of the host pool against a running server, whatever it keeps its hosts in. */
export function hostPoolSuite(engine: string, settings: () => Promise<Record<string, string>>): void {
  describe(`host pool on ${engine}`, () => {
    let given: Record<string, string>;
    let server: RunningServer;
    let names = 0;

    beforeAll(async () => {
      given = await settings();
      server = await startServer({
        TURN_URLS: "turn:turn.example.org:3478,turns:turn.example.org:5349?transport=tcp",
        STUN_URLS: "stun:stun.example.org:3478",
        TURN_SECRET: "north",
        HOST_LEASE_SECONDS: "30",
        ALLOCATION_SECONDS: "2",
        ...given,
      });
    });
    afterAll(async () => {
      expect(await server.stop()).toBe(0);
    });

    /** Every test has its own region, so that none finds another's hosts. */
    const fresh = () => {
      const region = `region-${names++}`;
      return { region, hostId: `host-of-${region}`, roomId: `room-of-${region}` };
    };
    const beat = (body: unknown) => post(`${server.url}/api/host/heartbeat`, body);
    const status = (body: unknown) => post(`${server.url}/api/host/status`, body);
    const find = (body?: unknown) => post(`${server.url}/api/match/find`, body);
    const notFound = { found: false, message: "No available hosts in this region." };

    test("a heartbeat registers a host and answers its time to live", async () => {
      const { status, body, headers } = await beat({ ...fresh(), status: "idle" });
      expect(status).toBe(200);
      expect(body).toEqual({ success: true, ttl: 30 });
      expect(headers.get("content-type")).toContain("application/json");
    });

    test("real hosts send more than the document says, and a body without a type", async () => {
      const host = fresh();
      const response = await fetch(`${server.url}/api/host/heartbeat`, {
        method: "POST",
        headers: { authorization: "Bearer x" },
        body: new TextEncoder().encode(JSON.stringify({ ...host, status: "idle", capacity: 1, availableSlots: 1 })),
      });
      expect(response.status).toBe(200);
      expect((await find({ region: host.region })).body.roomId).toBe(host.roomId);
    });

    test("find hands out a room, a place to signal, and ICE servers with credentials", async () => {
      const host = fresh();
      await beat(host);
      const { status, body } = await find({ region: host.region });
      expect(status).toBe(200);
      expect(Object.keys(body)).toEqual(["found", "roomId", "signalingUrl", "iceServers"]);
      expect(body).toMatchObject({ found: true, roomId: host.roomId, signalingUrl: `${server.wsUrl}/signaling` });
      const [stun, turn, turns] = body.iceServers;
      expect(stun).toEqual({ urls: "stun:stun.example.org:3478" });
      expect(turn.urls).toBe("turn:turn.example.org:3478");
      expect(turns.urls).toBe("turns:turn.example.org:5349?transport=tcp");
      expect(turn.username).toMatch(/^\d{10}:.+/);
      expect(turn.username).not.toContain(host.roomId);
      const expiry = Number(turn.username.split(":")[0]) - Date.now() / 1000;
      expect(expiry).toBeGreaterThan(3500);
      expect(expiry).toBeLessThanOrEqual(3600);
      const hmac = new Bun.CryptoHasher("sha1", "north").update(turn.username).digest("base64");
      expect(turn.credential).toBe(hmac);
    });

    test("no idle host in the region is the documented 404", async () => {
      expect(await find({ region: "nowhere" })).toMatchObject({ status: 404, body: notFound });
    });

    test("the web client sends {} or nothing at all, and gets any host", async () => {
      for (const body of [{}, undefined, ""]) {
        const host = fresh();
        await beat(host);
        const found = await find(body);
        expect(found.status).toBe(200);
        expect(typeof found.body.roomId).toBe("string");
      }
    });

    test("a found host is nobody else's until its allocation lapses", async () => {
      const host = fresh();
      await beat(host);
      expect((await find({ region: host.region })).status).toBe(200);
      await beat({ ...host, status: "idle" });
      expect((await find({ region: host.region })).status).toBe(404);
      const again = await eventually("the allocation lapses", async () => {
        const found = await find({ region: host.region });
        return found.status === 200 && found;
      });
      expect(again.body.roomId).toBe(host.roomId);
    });

    test("a busy host is not found; an idle beat does not undo that, status idle does", async () => {
      const host = fresh();
      await beat(host);
      expect(await status({ hostId: host.hostId, status: "busy" })).toMatchObject({
        status: 200,
        body: { success: true },
      });
      await beat({ ...host, status: "idle" });
      expect((await find({ region: host.region })).status).toBe(404);
      await status({ hostId: host.hostId, status: "idle" });
      expect((await find({ region: host.region })).status).toBe(200);
    });

    test("a beat that says busy is undone by one that says idle, and kept by one that says nothing", async () => {
      const host = fresh();
      await beat({ ...host, status: "busy" });
      await beat(host);
      expect((await find({ region: host.region })).status).toBe(404);
      await beat({ ...host, status: "idle" });
      expect((await find({ region: host.region })).status).toBe(200);
    });

    test("status of an unknown host is 404", async () => {
      const { status: code, body } = await status({ hostId: "ghost", status: "busy" });
      expect(code).toBe(404);
      expect(body).toEqual({ success: false, error: expect.stringContaining("ghost") });
    });

    test("a host that leaves is gone at once", async () => {
      const host = fresh();
      await beat(host);
      const left = await call("DELETE", `${server.url}/api/host/${host.hostId}`);
      expect(left).toMatchObject({ status: 200, body: { success: true } });
      expect((await find({ region: host.region })).status).toBe(404);
      const again = await call("DELETE", `${server.url}/api/host/${host.hostId}`);
      expect(again.status).toBe(404);
      expect(again.body.success).toBe(false);
    });

    test("ids may hold anything: slashes, quotes, emoji, Redis' own characters", async () => {
      for (const hostId of ["a/b", `"'\\`, "😀", "{x}:*?[", "..", "__proto__", "heartbeat\n"]) {
        const { region, roomId } = fresh();
        expect((await beat({ hostId, roomId, region })).status).toBe(200);
        expect((await find({ region })).body.roomId).toBe(roomId);
        const path = hostId === ".." ? "%2E%2E" : encodeURIComponent(hostId);
        if (hostId !== "..") expect((await call("DELETE", `${server.url}/api/host/${path}`)).status).toBe(200);
      }
    });

    test("a region left out is the default one", async () => {
      const { hostId, roomId } = fresh();
      await beat({ hostId, roomId });
      await eventually("some host of the default region is found", async () => {
        const found = await find({ region: "local" });
        return found.status === 200;
      });
    });

    test("paths answer with and without a trailing slash", async () => {
      const host = fresh();
      expect((await post(`${server.url}/api/host/heartbeat/`, host)).status).toBe(200);
      expect((await post(`${server.url}/api/match/find/`, { region: host.region })).status).toBe(200);
      expect((await call("DELETE", `${server.url}/api/host/${host.hostId}/`)).status).toBe(200);
    });

    test("any web page may call, after a preflight", async () => {
      const preflight = await fetch(`${server.url}/api/match/find`, {
        method: "OPTIONS",
        headers: {
          origin: "https://elsewhere.example",
          "access-control-request-method": "POST",
          "access-control-request-headers": "content-type,authorization",
        },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
      expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
      expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");
      const found = await post(
        `${server.url}/api/match/find`,
        { region: "x" },
        { origin: "https://elsewhere.example" },
      );
      expect(found.headers.get("access-control-allow-origin")).toBe("*");
    });

    describe("a room", () => {
      test("with a second peer makes its host busy; emptied, the host is idle and found again", async () => {
        const host = fresh();
        await beat(host);
        const hostPeer = await openRoomPeer(server.wsUrl, host.roomId);
        const found = await find({ region: host.region });
        const player = await openRoomPeer(found.body.signalingUrl.replace(/\/signaling$/, ""), found.body.roomId);
        await hostPeer.next("peer-joined");
        // Longer than the allocation: only the busy state can keep the host from others now.
        await eventually("the allocation is over and the host stays taken", async () => {
          await beat({ ...host, status: "idle" });
          return (await busyHosts(server)) >= 1;
        });
        expect((await find({ region: host.region })).status).toBe(404);
        player.leave();
        await hostPeer.next("peer-left");
        await eventually("the host is found again", async () => (await find({ region: host.region })).status === 200);
        hostPeer.leave();
      });
    });

    describe("bad input", () => {
      const wrong: [string, unknown, RegExp][] = [
        ["no hostId", { roomId: "r" }, /hostId is required/],
        ["no roomId", { hostId: "h" }, /roomId is required/],
        ["nothing", {}, /hostId is required/],
        ["an empty hostId", { hostId: "", roomId: "r" }, /hostId/],
        ["a number for a hostId", { hostId: 7, roomId: "r" }, /hostId must be a string/],
        ["null for a roomId", { hostId: "h", roomId: null }, /roomId must be a string/],
        ["an object for a roomId", { hostId: "h", roomId: {} }, /roomId must be a string/],
        ["a status nobody knows", { hostId: "h", roomId: "r", status: "asleep" }, /status/],
        ["10 KB of hostId", { hostId: "x".repeat(10_240), roomId: "r" }, /hostId/],
        ["a string for gameInfo", { hostId: "h", roomId: "r", gameInfo: "x" }, /gameInfo/],
        ["an array", [], /body must be an object/],
        ["a string", '"text"', /body must be an object/],
        ["null", "null", /body must be an object/],
        ["broken JSON", '{"hostId":', /JSON/],
        ["text", "hostId=1", /JSON/],
        ["__proto__", '{"hostId":"h","roomId":"r","__proto__":{"status":"busy"}}', /JSON/],
        [
          "deep nesting",
          `{"hostId":"h","roomId":"r","gameInfo":{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}}`,
          /deep/,
        ],
      ];
      for (const [what, body, says] of wrong) {
        test(`a heartbeat with ${what} is 400 and registers nothing`, async () => {
          const answer = await beat(body);
          expect(answer.status).toBe(400);
          expect(answer.body).toEqual({ success: false, error: expect.stringMatching(says) });
          expect((await call("DELETE", `${server.url}/api/host/h`)).status).toBe(404);
        });
      }

      test("a body that is not UTF-8 is 400", async () => {
        const response = await fetch(`${server.url}/api/host/heartbeat`, {
          method: "POST",
          body: new Uint8Array([0x7b, 0xff]),
        });
        expect(response.status).toBe(400);
      });

      test("a body over 64 KiB is 413 in the face's shape, declared or not, however large", async () => {
        const large = JSON.stringify({ hostId: "h", roomId: "r", gameInfo: { text: "x".repeat(70_000) } });
        const declared = await beat(large);
        expect(declared.status).toBe(413);
        expect(declared.body).toEqual({ success: false, error: expect.stringContaining("65536") });
        const chunked = await fetch(`${server.url}/api/host/heartbeat`, {
          method: "POST",
          body: new ReadableStream({
            start(stream) {
              for (let n = 0; n < 10; n++) stream.enqueue(new TextEncoder().encode("x".repeat(10_000)));
              stream.close();
            },
          }),
        });
        expect(chunked.status).toBe(413);
        expect(((await chunked.json()) as { success: boolean }).success).toBe(false);
        const find = await post(`${server.url}/api/match/find`, { region: "x".repeat(70_000) });
        expect(find.status).toBe(413);
        expect(find.body).toMatchObject({ found: false });
      });

      test("a find with a region of the wrong type is 400 in find's own shape", async () => {
        for (const region of [7, {}, [], true]) {
          expect(await find({ region })).toMatchObject({
            status: 400,
            body: { found: false, message: expect.stringContaining("region") },
          });
        }
      });

      test("a status that is missing or unknown is 400", async () => {
        for (const body of [{}, { hostId: "h" }, { hostId: "h", status: "allocated" }, { status: "idle" }]) {
          const answer = await status(body);
          expect(answer.status).toBe(400);
          expect(answer.body.success).toBe(false);
        }
      });

      test("wrong methods are 405 with Allow, unknown paths 404, both in the face's shape", async () => {
        for (const path of ["/api/host/heartbeat", "/api/host/status"]) {
          const answer = await call("GET", server.url + path);
          expect(answer.status).toBe(405);
          expect(answer.headers.get("allow")).toContain("POST");
          expect(answer.body).toEqual({ success: false, error: expect.any(String) });
        }
        const find = await call("GET", `${server.url}/api/match/find`);
        expect(find).toMatchObject({ status: 405, body: { found: false } });
        expect(await call("GET", `${server.url}/api/host/a/b/c`)).toMatchObject({
          status: 404,
          body: { success: false },
        });
        expect(await call("POST", `${server.url}/api/match/nothing`, {})).toMatchObject({
          status: 404,
          body: { found: false },
        });
        expect((await call("GET", `${server.url}/nothing/here`)).status).toBe(404);
      });
    });

    test("1,000 finds at once over 100 idle hosts give 100 different hosts and 900 documented 404s", async () => {
      // Where an allocation holds for longer than a busy machine may need for all of them.
      const patient = await startServer({ ...given, ALLOCATION_SECONDS: "300" });
      const { region } = fresh();
      const ask = (path: string, body: object) => post(`${patient.url}/api/${path}`, body);
      await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          ask("host/heartbeat", { hostId: `${region}-${n}`, roomId: `${region}-room-${n}`, region }),
        ),
      );
      const answers = await Promise.all(Array.from({ length: 1_000 }, () => ask("match/find", { region })));
      expect(await patient.stop()).toBe(0);
      const rooms = answers.filter(({ status }) => status === 200).map(({ body }) => body.roomId as string);
      expect(rooms.length).toBe(100);
      expect(new Set(rooms).size).toBe(100);
      const refused = answers.filter(({ status }) => status === 404);
      expect(refused.length).toBe(900);
      expect(refused.every(({ body }) => body.found === false && body.message === notFound.message)).toBe(true);
    });

    test("the figures tell hosts by state, heartbeats and finds", async () => {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      expect(text).toMatch(/rendezvous_hosts\{state="idle"\} \d+/);
      expect(text).toMatch(/rendezvous_heartbeats_total [1-9]/);
      expect(text).toMatch(/rendezvous_finds_total\{outcome="found"\} [1-9]/);
      expect(text).toMatch(
        /rendezvous_http_request_duration_seconds_count\{route="\/api\/host\/heartbeat",method="POST",status="200"\} \d+/,
      );
    });
  });
}

async function busyHosts(server: RunningServer): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/rendezvous_hosts\{state="busy"\} (\d+)/.exec(text)?.[1] ?? 0);
}
