import { afterAll, describe, expect, test } from "bun:test";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import officialSchema from "@asyncapi/specs/schemas/3.0.0-without-$id.json" with { type: "json" };
import type { AsyncApiDocument } from "../../src/transport/asyncapi/types.ts";
import { arenaClient } from "../support/arena-client.ts";
import { Coverage, messageChecker } from "../support/asyncapi.ts";
import { connectChat } from "../support/chat-client.ts";
import { coordinatorClient } from "../support/coordinator-client.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import { startServer } from "../support/server.ts";
import { befriend, signUp } from "./devices-client.ts";
import { Guest } from "./rooms-client.ts";

// The tests below are made from the document, so it has to be there before them.
const server = await startServer({ STUN_URLS: "stun:stun.example.org", RESUME_SECONDS: "5" });
const document = (await call("GET", `${server.url}/asyncapi.json`)).body as AsyncApiDocument;
const coverage = new Coverage(document);

afterAll(async () => {
  expect(await server.stop()).toBe(0);
});

/** A WebSocket of which everything that comes is held against the document. */
function listener(channel: string, path: string) {
  const guest = new Guest(server.wsUrl + path);
  const next = async (): Promise<any> => {
    const value = JSON.parse(await guest.text()) as unknown;
    coverage.heard(channel, value);
    return value;
  };
  return {
    guest,
    opened: new Promise((open) => guest.socket.addEventListener("open", open, { once: true })),
    next,
    /** Sends the example of this name, with some of it as it is here. */
    send: (name: string, ours: object = {}) => guest.send({ ...coverage.example(channel, name), ...ours }),
    async until(kind: string): Promise<any> {
      for (;;) {
        const value = await next();
        if ((Array.isArray(value) ? "online" : (value.type ?? value.event)) === kind) return value;
      }
    },
  };
}

describe("/asyncapi.json", () => {
  test("fits the official schema of AsyncAPI 3.0", () => {
    // It brings the meta-schema of draft 7 itself.
    const ajv = new Ajv({ strict: false, meta: false, validateSchema: false });
    addFormats(ajv);
    const check = ajv.compile(officialSchema);
    expect([check(document), check.errors]).toEqual([true, null]);
  });

  test("has references only to what is there", () => {
    const dangling: string[] = [];
    JSON.stringify(document, (key, value: unknown) => {
      if (key === "$ref" && typeof value === "string") {
        const target = value
          .split("/")
          .slice(1)
          .reduce<any>((part, step) => part?.[step], document);
        if (target === undefined) dangling.push(value);
      }
      return value;
    });
    expect(dangling).toEqual([]);
  });

  test("has examples that are what their schemas say", () => {
    const check = messageChecker(document);
    const wrong = Object.entries(document.channels).flatMap(([channel, { messages }]) =>
      Object.values(messages).flatMap((message) => {
        const problem = (message.examples ?? [])
          .map(({ payload }) => check(message, payload))
          .find((one) => one !== null);
        const lacks = message.payload !== undefined && message.examples === undefined;
        return problem !== undefined || lacks ? [`${channel} ${message.name}: ${problem ?? "no example"}`] : [];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test("is there for every web page, and linked from the documents", async () => {
    const { headers } = await call("GET", `${server.url}/asyncapi.json`);
    expect(headers.get("access-control-allow-origin")).toBe("*");
    for (const page of ["/docs", "/docs/api", "/docs/sockets"]) {
      expect((await call("GET", server.url + page)).body).toContain('href="/asyncapi.json"');
    }
  });

  test("is rendered for people: every message with its fields and its example", async () => {
    const html = String((await call("GET", `${server.url}/docs/sockets`)).body);
    for (const [id, { address, messages }] of Object.entries(document.channels)) {
      expect(html).toContain(`<code>${address}</code>`);
      for (const [key, { summary }] of Object.entries(messages)) {
        expect(html).toContain(`id="${id}-${key.toLowerCase()}"`);
        expect(html).toContain(Bun.escapeHTML(summary).replaceAll("&#x27;", "&#39;"));
      }
    }
    expect(html.match(/<pre>/g)!.length).toBeGreaterThanOrEqual(
      Object.values(document.channels).flatMap(({ messages }) =>
        Object.values(messages).filter(({ examples }) => examples !== undefined),
      ).length,
    );
  });

  test("describes every channel", () => {
    const channels = ["coordinatorSignaling", "devices", "rooms", "streamMatch", "videoChat", "watchMatch"];
    expect(Object.keys(document.channels).sort()).toEqual(channels);
  });
});

describe("every example is understood, and everything that comes is as described", () => {
  test("on room signaling", async () => {
    const [host, player] = [listener("rooms", "/signaling?roomId=r"), listener("rooms", "/signaling?roomId=r")];
    await host.until("welcome");
    await player.until("welcome");
    await host.until("peer-joined").catch(() => undefined);
    for (const name of ["offer", "answer", "ice-candidate", "bye"]) {
      host.send(name);
      await player.until(name);
    }
    host.send("offer", { to: "nobody" });
    const { code } = await host.until("error");
    expect(code).toBe("peer_not_found");
    await player.guest.close();
    await host.until("peer-left");
    const away = listener("rooms", "/signaling?roomId=again");
    const { resumeToken } = await away.until("welcome");
    const back = listener("rooms", `/signaling?roomId=again&resume=${resumeToken}&received=0`);
    await back.until("resumed");
    expect(coverage.missing("rooms")).toEqual([]);
  });

  test("on devices' sockets", async () => {
    const people = [await signUp(server), await signUp(server)] as const;
    await befriend(server, people[0], people[1]);
    const [a, b, stranger] = ["/socket/", "/socket/", "/socket/"].map((path) => listener("devices", path)) as [
      ReturnType<typeof listener>,
      ReturnType<typeof listener>,
      ReturnType<typeof listener>,
    ];
    await Promise.all([a.opened, b.opened, stranger.opened]);
    const [mine, theirs] = [
      { from_email: people[0].email, from_device: "one" },
      { from_email: people[1].email, from_device: "two" },
    ];
    stranger.send("register");
    expect((await stranger.until("register")).status).toBe("error");
    a.send("try_connect");
    await a.until("error");
    a.send("register", { ...mine, from_token: people[0].token });
    await a.until("register");
    b.send("register", { ...theirs, from_token: people[1].token });
    await b.until("register");
    await a.until("user_joined");
    a.send("check", mine);
    expect(await a.until("online")).toMatchObject([{ email: people[1].email, devices: [{ device_id: "two" }] }]);
    a.send("connect", mine);
    await a.until("connected");
    a.send("ping", mine);
    await a.until("pong");
    const there = { to_email: people[1].email, to_device: "two" };
    for (const name of ["try_connect", "sdp_offer", "sdp_answer", "ice_candidate"]) {
      a.send(name, { ...mine, ...there });
      await b.until(name);
    }
    a.send("try_connect", { ...mine, ...there, to_device: "nobody's" });
    await a.until("target_not_found");
    b.send("disconnect", theirs);
    await a.until("user_left");
    expect(coverage.missing("devices")).toEqual([]);
  });

  test("on the coordinator's signaling", async () => {
    const { session_id: session } = await coordinatorClient(() => `${server.url}/api`).session();
    const path = (peer: string) => `/api/signaling/ws?peer_id=${peer}`;
    const [a, b] = [listener("coordinatorSignaling", path("a")), listener("coordinatorSignaling", path("b"))];
    await Promise.all([a.opened, b.opened]);
    a.send("leave");
    await a.until("error");
    a.send("join", { session_id: session });
    await a.until("session-joined");
    b.send("join", { session_id: session });
    await b.until("session-joined");
    await a.until("peer-joined");
    for (const name of ["offer", "answer", "ice-candidate"]) {
      a.send(name, { to_peer_id: "b" });
      await b.until(name);
    }
    b.send("leave");
    await b.until("session-left");
    await a.until("peer-left");
    expect(coverage.missing("coordinatorSignaling")).toEqual([]);
  });

  test("on the sockets of a match", async () => {
    const { id } = await arenaClient(() => server.url).match();
    const [viewer, publisher] = [
      listener("watchMatch", `/ws/match/${id}`),
      listener("streamMatch", `/ws/stream/${id}`),
    ];
    await Promise.all([viewer.opened, publisher.opened]);
    publisher.send("start");
    await viewer.until("match_start");
    publisher.send("frames");
    publisher.send("frame");
    await viewer.until("frame");
    publisher.send("game_end", { game_number: "none" });
    await publisher.until("error");
    publisher.send("game_end");
    await viewer.until("game_end");
    publisher.send("end");
    await viewer.until("match_end");
    // It comes after half a minute; a unit test moves the clock for it.
    coverage.heard("watchMatch", { type: "ping" });
    expect([...coverage.missing("watchMatch"), ...coverage.missing("streamMatch")]).toEqual([]);
  });

  test("on Socket.IO", async () => {
    const channel = "videoChat";
    const open = async () => {
      const client = await connectChat(server.url, { transports: ["websocket"] });
      client.socket.onAny((event: string, value: unknown) => coverage.heard(channel, value, event));
      return client;
    };
    const [john, jane] = [await open(), await open()];
    john.send("join");
    await john.until("error");
    john.send("join", coverage.example(channel, "join"));
    await john.until("waiting");
    jane.send("join", { ...coverage.example(channel, "join"), name: "Jane", gender: "female" });
    await Promise.all([john.until("matched"), jane.until("matched")]);
    for (const name of ["offer", "answer", "ice-candidate", "chat-message"]) {
      john.send(name, coverage.example(channel, name));
      await jane.until(name);
    }
    coverage.example(channel, "stop");
    john.send("stop");
    await jane.until("partner-disconnected");
    john.close();
    jane.close();
    await eventually("all has been heard", () => coverage.missing(channel).length === 0).catch(() => undefined);
    expect(coverage.missing(channel)).toEqual([]);
  });
});
