import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { aFighter, arenaClient, eventStream } from "../support/arena-client.ts";
import { connectChat, type ChatClient } from "../support/chat-client.ts";
import { openSession } from "../support/coordinator.ts";
import { eventually } from "../support/eventually.ts";
import { call, post } from "../support/http.ts";
import { aFrame, publisher } from "../support/match-stream.ts";
import { openRoomPeer } from "../support/room-peer.ts";
import type { RunningServer } from "../support/server.ts";
import { befriend, device, message, signUp } from "../wire/devices-client.ts";
import { Guest } from "../wire/rooms-client.ts";
import { LightTraffic } from "./light-traffic.ts";
import { startTopology, type Topology } from "./topology.ts";

/** How long starting everything, and a node's restart, may take, in ms. */
const PATIENT_MS = 120_000;

/** How long the load balancer may take to notice, in ms. */
const NOTICE_MS = 30_000;

/** The budget of an address for a minute. */
const FINDS = 5_000;

let topology: Topology;
/** What clients of one server's tests speak to. */
let door: RunningServer;
beforeAll(async () => {
  // Of the clients here, few can be told whom to trust; one test below looks at the certificate.
  process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
  topology = await startTopology({
    RATE_LIMIT_PER_MINUTE: "0",
    BUDGETS: `find=address:${FINDS}/1m;turn=address:${FINDS}/1m`,
  });
  door = { ...topology.nodes[0]!, url: topology.url, wsUrl: topology.wsUrl };
}, PATIENT_MS);
afterAll(async () => {
  delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
  await topology.stop();
}, PATIENT_MS);

const metrics = async (node: RunningServer): Promise<string> => (await fetch(`${node.url}/metrics`)).text();

/** How many sockets each node has open, by what they are opened at. */
async function sockets(path: string): Promise<number[]> {
  const texts = await Promise.all(topology.nodes.map(metrics));
  return texts.map((text) => Number(text.split(`rendezvous_sockets{door="${path}"} `)[1]?.split("\n")[0]));
}

/** How many requests of a route each node has answered. */
async function answered(route: string): Promise<number[]> {
  const count = new RegExp(`^rendezvous_http_request_duration_seconds_count\\{route="${route}".*\\} (\\d+)$`, "gm");
  const texts = await Promise.all(topology.nodes.map(metrics));
  return texts.map((text) => [...text.matchAll(count)].reduce((sum, [, value]) => sum + Number(value), 0));
}

describe("the load balancer", () => {
  test("speaks TLS with the certificate it was given, and sends plain HTTP there", async () => {
    const trusting = { tls: { ca: topology.certificate, rejectUnauthorized: true } };
    const response = await fetch(`${topology.url}/readyz`, trusting as RequestInit);
    expect(response.status).toBe(200);
    expect(response.headers.get("strict-transport-security")).toContain("max-age=");
    const plain = await fetch(`${topology.plainUrl}/demo`, { redirect: "manual" });
    expect(plain.status).toBe(308);
    expect(plain.headers.get("location")).toBe(`${topology.plainUrl.replace("http:", "https:")}/demo`);
  });

  test("keeps figures from strangers", async () => {
    expect((await fetch(`${topology.url}/metrics`)).status).toBe(404);
  });

  test("says who the client is, whatever that claims of itself", async () => {
    /** How many finds a client of this address has left after this one. */
    const leftOf = (from: string): Promise<number> =>
      new Promise((answered, failed) => {
        const socket = connect({ host: "127.0.0.1", port: topology.port, localAddress: from });
        const tls = connectTls({ socket, ca: topology.certificate, servername: "localhost" });
        const head = "POST /api/match/find HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        const lies = "X-Forwarded-For: 127.0.0.9, 127.0.0.1\r\nForwarded: for=127.0.0.9\r\n";
        tls.write(`${head}${lies}Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{"region":"nowhere"}`);
        tls.on("data", (data: Buffer) => answered(Number(/^ratelimit: .*;r=(\d+)/im.exec(data.toString())?.[1])));
        for (const one of [tls, socket]) one.on("error", failed);
      });
    expect([await leftOf("127.0.0.2"), await leftOf("127.0.0.2"), await leftOf("127.0.0.3")]).toEqual([
      FINDS - 1,
      FINDS - 2,
      FINDS - 1,
    ]);
  });
});

describe("through the load balancer", () => {
  test("hosts that beat at one node are found at any, each once", async () => {
    const ids = Array.from({ length: 12 }, (_, n) => `pool-${n}`);
    for (const id of ids) {
      const beat = await post(`${topology.url}/api/host/heartbeat`, { hostId: id, roomId: id, region: "proxied" });
      expect(beat.status).toBe(200);
    }
    const finds = await Promise.all(ids.map(() => post(`${topology.url}/api/match/find`, { region: "proxied" })));
    expect(finds.map(({ body }) => body.roomId as string).toSorted()).toEqual(ids.toSorted());
    expect(finds[0]!.body).toMatchObject({ signalingUrl: `${topology.wsUrl}/signaling` });
    expect(finds[0]!.body.iceServers[1]).toMatchObject({
      username: expect.any(String),
      credential: expect.any(String),
    });
    for (const count of await answered("/api/match/find")) expect(count).toBeGreaterThan(0);
  });

  test("credentials that nodes hand out are good at the TURN server", async () => {
    const { findings } = JSON.parse(await topology.ask("doctor", "--json"));
    expect(findings.filter(({ level }: { level: string }) => level === "fail")).toEqual([]);
    expect(JSON.stringify(findings)).toContain("allocated an address");
  });

  test("peers of a room talk from different nodes", async () => {
    const one = await openRoomPeer(topology.wsUrl, "proxied");
    const other = await openRoomPeer(topology.wsUrl, "proxied");
    expect((await sockets("/signaling")).toSorted((a, b) => a - b)).toEqual([0, 1, 1]);
    expect(await one.next("peer-joined")).toMatchObject({ peerId: other.welcome["peerId"] });
    one.send({ type: "offer", sdp: "v=0" });
    expect(await other.next("offer")).toMatchObject({ sdp: "v=0", from: one.welcome["peerId"] });
    one.leave();
    await other.next("peer-left");
    other.leave();
  });

  test("a session of the coordinator opens, and its peers signal", async () => {
    const { id, end } = await openSession(topology.url);
    const at = `${topology.wsUrl}/api/signaling/ws?session_id=${id}`;
    const join = async (peer: string): Promise<Guest> => {
      const guest = new Guest(`${at}&peer_id=${peer}`);
      guest.socket.addEventListener("open", () => guest.send({ type: "join" }), { once: true });
      expect(await guest.frame()).toMatchObject({ type: "session-joined" });
      return guest;
    };
    const [host, player] = [await join("host"), await join("player")];
    expect(await host.frame()).toMatchObject({ type: "peer-joined" });
    player.send({ type: "offer", to: "host", sdp: "v=0" });
    expect(await host.frame()).toMatchObject({ type: "offer", sdp: "v=0" });
    await end();
  });

  test("devices of people who know each other reach each other", async () => {
    const [alice, bob] = [await signUp(door, "alice"), await signUp(door, "bob")];
    await befriend(door, alice, bob);
    const phone = await device(door, alice, "phone");
    const laptop = await device(door, bob, "laptop");
    const to = { to_email: bob.email, to_device: "laptop" };
    phone.send(
      message({ event: "try_connect", from_email: alice.email, from_device: "phone", ...to, payload: { n: 1 } }),
    );
    const told = await eventually("the laptop is told", async () => {
      const one = await laptop.event();
      return one["event"] === "try_connect" && one;
    });
    expect(told["payload"]).toEqual({ n: 1 });
    for (const one of [phone, laptop]) await one.close();
  });

  test("fighters meet, are told so as it happens, and are watched", async () => {
    const arena = arenaClient(() => topology.url);
    const [one, other] = [aFighter(), aFighter()];
    await arena.join(one);
    const events = await eventStream(`${topology.url}/queue/${one.queueId}/events`);
    const { match_id: match } = await arena.join(other);
    await eventually("the first is told", async () => (await events.next())?.data.match_id === match);
    await events.cancel();
    const viewer = new Guest(`${topology.wsUrl}/ws/match/${match}`);
    const player = publisher(() => door, match);
    await player.start();
    expect((await viewer.frame()).type).toBe("match_start");
    await player.frame(1);
    expect(await viewer.frame()).toMatchObject({ type: "frame", frame: aFrame(1).frame });
    await player.end();
    await arena.end({ id: match, p1: one, p2: other });
    await viewer.close();
  });

  test("strangers chat by polling, by WebSocket, and from the one to the other; an address stays with its node", async () => {
    const begin = (transports?: string[]): Promise<ChatClient> =>
      connectChat(topology.url, { ...(transports === undefined ? {} : { transports }), ca: topology.certificate });
    const [polls, upgrades] = [await begin(["polling"]), await begin()];
    polls.send("join", { name: "John", age: 25, gender: "male" });
    await polls.next("waiting");
    upgrades.send("join", { name: "Jane", age: 24, gender: "female" });
    for (const one of [polls, upgrades]) await one.next("matched");
    await eventually("the second is upgraded", () => upgrades.socket.io.engine.transport.name === "websocket");
    for (let n = 0; n < 5; n++) {
      polls.send("chat-message", `hello ${n}`);
      expect(await upgrades.next("chat-message")).toMatchObject({ message: `hello ${n}` });
      upgrades.send("chat-message", `and ${n}`);
      expect(await polls.next("chat-message")).toMatchObject({ message: `and ${n}` });
    }
    expect(polls.socket.io.engine.transport.name).toBe("polling");
    for (const one of [polls, upgrades]) one.close();
    const [ofPolls] = [/socketio\/(node-\d)/g].map((node) => new Set(topology.balancerLog().match(node)));
    expect(ofPolls!.size).toBe(1);
  });
});

describe("a node that is restarted under light traffic", () => {
  test(
    "is taken out and in again, and no request fails",
    async () => {
      const traffic = new LightTraffic(topology);
      await eventually("there is traffic", () => traffic.done > 50, NOTICE_MS);
      const before = topology.balancerLog().length;
      const logged = (text: string) =>
        eventually(text, () => topology.balancerLog().slice(before).includes(text), NOTICE_MS);
      await topology.restart(0, () => logged("Server nodes/node-1 is DOWN"));
      await logged("Server nodes/node-1 is UP");
      const served = await eventually(
        "it serves again",
        async () => {
          const [count] = await answered("/api/match/find");
          return count! > 0 && count;
        },
        NOTICE_MS,
      );
      await traffic.end();
      expect(traffic.failures).toEqual([]);
      expect(served).toBeGreaterThan(0);
      expect((await call("GET", `${topology.url}/readyz`)).status).toBe(200);
    },
    PATIENT_MS,
  );
});
