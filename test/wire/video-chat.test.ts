import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { connectChat, type ChatClient, type ChatOptions } from "../support/chat-client.ts";
import { eventually } from "../support/eventually.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";

const transports: Record<string, ChatOptions> = {
  "polling only": { transports: ["polling"] },
  "websocket only": { transports: ["websocket"] },
  "polling, then upgraded": {},
};

const john = { name: "John", age: 25, gender: "male" };
const jane = { name: "Jane", age: 24, gender: "female" };

/** A Socket.IO connection written by hand; `until` takes packets as they came over the WebSocket. */
async function rawSocket(wsUrl: string) {
  const socket = new WebSocket(`${wsUrl}/socket.io/?EIO=4&transport=websocket`);
  const packets: string[] = [];
  let arrived = (): void => undefined;
  socket.onmessage = ({ data }) => {
    packets.push(String(data));
    arrived();
  };
  const closed = new Promise<number>((gone) => (socket.onclose = ({ code }) => gone(code)));
  const until = async (wanted: (packet: string) => boolean): Promise<string> => {
    for (;;) {
      const packet = packets.shift();
      if (packet === undefined) await new Promise<void>((resume) => (arrived = resume));
      else if (wanted(packet)) return packet;
    }
  };
  await until((packet) => packet.startsWith("0"));
  socket.send("40");
  await until((packet) => packet.startsWith("40"));
  return {
    until,
    closed,
    send: (data: string | Uint8Array<ArrayBuffer>) => socket.send(data),
    close: () => socket.close(),
  };
}

/** Every sentence of the document and of our decisions on it, against a running server. */
function videoChatSuite(engine: string, settings: () => Promise<Record<string, string>>): void {
  describe(`video-chat, ${engine}`, () => {
    let server: RunningServer;
    let clients: ChatClient[] = [];

    beforeAll(async () => {
      server = await startServer(await settings());
    });

    afterAll(async () => {
      expect(await server.stop()).toBe(0);
      expect(server.output()).not.toContain('"level":"error"');
    });

    const get = async (path: string) => (await fetch(server.url + path)).json();
    const open = async (options: ChatOptions = transports["websocket only"]!): Promise<ChatClient> => {
      const client = await connectChat(server.url, options);
      clients.push(client);
      return client;
    };

    afterEach(async () => {
      for (const client of clients) client.close();
      clients = [];
      await eventually("everybody has left", async () => {
        const { totalUsers, activeMatches, queues } = await get("/api/stats");
        return totalUsers + activeMatches + queues.male + queues.female === 0;
      });
    });

    /** Two that have just been matched; the second, who came later, is the initiator. */
    const couple = async (options?: ChatOptions): Promise<[ChatClient, ChatClient]> => {
      const him = await open(options);
      const her = await open(options);
      him.send("join", john);
      await him.next("waiting");
      her.send("join", jane);
      await Promise.all([him.next("matched"), her.next("matched")]);
      return [him, her];
    };

    for (const [transport, options] of Object.entries(transports)) {
      describe(transport, () => {
        test("the first to join waits at position 1; the second is matched with it and is the initiator", async () => {
          const him = await open(options);
          const her = await open(options);
          him.send("join", john);
          expect(await him.next("waiting")).toEqual({ queuePosition: 1 });
          her.send("join", jane);
          expect(await him.next("matched")).toEqual({ partner: { name: "Jane", age: 24 }, initiator: false });
          expect(await her.next("matched")).toEqual({ partner: { name: "John", age: 25 }, initiator: true });
          await him.nothingElse();
          await her.nothingElse();
        });

        test("offer, answer and candidates reach the partner unchanged, with the sender's id", async () => {
          const [him, her] = await couple(options);
          const offer = {
            type: "offer",
            sdp: "v=0\r\no=- 1 2 IN IP6 ::1\r\n\u00e9\ud83d\ude00",
            extra: [1, { a: null }],
          };
          her.send("offer", { offer, more: "ignored" });
          expect(await him.next("offer")).toEqual({ offer, from: her.id });
          him.send("answer", { answer: { type: "answer", sdp: "v=0\n" } });
          expect(await her.next("answer")).toEqual({ answer: { type: "answer", sdp: "v=0\n" }, from: him.id });
          const candidates = [
            { candidate: "candidate:1 1 udp 1 a1b2.local 9 typ host", sdpMid: "0", sdpMLineIndex: 0 },
            { candidate: "candidate:2 1 tcp 1 2001:db8::1 9 typ host tcptype active", sdpMid: "0", sdpMLineIndex: 0 },
            { candidate: "", sdpMid: "0" },
            null,
          ];
          for (const candidate of candidates) him.send("ice-candidate", { candidate });
          for (const candidate of candidates) {
            expect(await her.next("ice-candidate")).toEqual({ candidate, from: him.id });
          }
        });

        test("an age as it was typed is understood", async () => {
          const him = await open(options);
          const her = await open(options);
          him.send("join", { ...john, age: " 25 " });
          await him.next("waiting");
          her.send("join", jane);
          expect(await her.next("matched")).toMatchObject({ partner: { age: 25 } });
        });

        test("a chat message reaches the partner with the sender's name and the time, and nobody else", async () => {
          const [him, her] = await couple(options);
          const third = await open(options);
          third.send("join", john);
          await third.next("waiting");
          const before = Date.now();
          him.send("chat-message", "Hello! <b>\u2603</b>");
          const heard = await her.next("chat-message");
          expect(heard).toEqual({ message: "Hello! <b>\u2603</b>", from: "John", timestamp: expect.any(Number) });
          expect(heard.timestamp).toBeWithin(before, Date.now() + 1);
          await him.nothingElse();
          await third.nothingElse();
        });

        test("stop: the partner hears it and is queued again a second later, the stopper at once", async () => {
          const [him, her] = await couple(options);
          him.send("stop");
          expect(await him.next("waiting")).toEqual({ queuePosition: 1 });
          expect(await her.next("partner-disconnected")).toBeUndefined();
          const parted = performance.now();
          expect(await her.next("waiting")).toEqual({ queuePosition: 1 });
          expect(performance.now() - parted).toBeWithin(800, 3_000);
        });

        test("a disconnect does the same for the partner", async () => {
          const [him, her] = await couple(options);
          him.close();
          await her.next("partner-disconnected");
          expect(await her.next("waiting")).toEqual({ queuePosition: 1 });
          expect(await get("/api/stats")).toEqual({ totalUsers: 1, activeMatches: 0, queues: { male: 0, female: 1 } });
        });

        test("1,000 messages both ways arrive once and in order", async () => {
          const [him, her] = await couple(options);
          for (let at = 0; at < 1_000; at++) {
            him.send("ice-candidate", { candidate: at });
            her.send("ice-candidate", { candidate: `hers ${at}` });
          }
          for (let at = 0; at < 1_000; at++) {
            expect((await her.next("ice-candidate")).candidate).toBe(at);
            expect((await him.next("ice-candidate")).candidate).toBe(`hers ${at}`);
          }
        });
      });
    }

    test("a client that may upgrade does, and what it sends meanwhile arrives once and in order", async () => {
      const [him, her] = await couple();
      him.close();
      await her.next("partner-disconnected");
      const late = await open({});
      late.send("join", { ...john, name: "Late" });
      await her.until("matched");
      for (let at = 0; at < 200; at++) {
        late.send("ice-candidate", { candidate: at });
        if (at % 20 === 0) await new Promise((turn) => setImmediate(turn));
      }
      for (let at = 0; at < 200; at++) expect((await her.next("ice-candidate")).candidate).toBe(at);
      await eventually("the transport is a WebSocket", () => late.socket.io.engine.transport.name === "websocket");
      her.send("chat-message", "over the new transport");
      await late.until("chat-message");
    });

    test("the path answers without its trailing slash too", async () => {
      for (const options of Object.values(transports)) {
        const client = await open({ ...options, addTrailingSlash: false });
        await client.nothingElse();
      }
    });

    describe("the queue", () => {
      test("is first come, first served, and positions are right after any leave", async () => {
        const men = await Promise.all(Array.from({ length: 5 }, () => open()));
        for (const [at, man] of men.entries()) {
          man.send("join", { ...john, name: `man ${at}` });
          expect(await man.next("waiting")).toEqual({ queuePosition: at + 1 });
        }
        men[1]!.close();
        men[3]!.close();
        await eventually("two have left", async () => (await get("/api/stats")).queues.male === 3);
        const late = await open();
        late.send("join", john);
        expect(await late.next("waiting")).toEqual({ queuePosition: 4 });
        for (const at of [0, 2, 4]) {
          const woman = await open();
          woman.send("join", jane);
          expect((await woman.next("matched")).partner.name).toBe(`man ${at}`);
          await men[at]!.next("matched");
        }
        await late.nothingElse();
      });

      test("pairs opposite genders only, in any case and with blanks around", async () => {
        const him = await open();
        him.send("join", { ...john, gender: " MALE" });
        expect(await him.next("waiting")).toEqual({ queuePosition: 1 });
        const other = await open();
        other.send("join", { ...john, gender: "Male" });
        expect(await other.next("waiting")).toEqual({ queuePosition: 2 });
        const her = await open();
        her.send("join", { ...jane, gender: "Female\n" });
        expect((await her.next("matched")).initiator).toBe(true);
        expect((await him.next("matched")).initiator).toBe(false);
      });

      test("joining again while waiting goes to the end with the new data", async () => {
        const [first, second, her] = await Promise.all([open(), open(), open()]);
        first.send("join", john);
        await first.next("waiting");
        second.send("join", { ...john, name: "Second" });
        await second.next("waiting");
        first.send("join", { ...john, name: "Johnny" });
        expect(await first.next("waiting")).toEqual({ queuePosition: 2 });
        her.send("join", jane);
        expect((await her.next("matched")).partner.name).toBe("Second");
        expect(await get("/api/stats")).toEqual({ totalUsers: 3, activeMatches: 1, queues: { male: 1, female: 0 } });
      });

      test("joining again while matched counts as stop", async () => {
        const [him, her] = await couple();
        him.send("join", { ...john, name: "Johnny" });
        expect(await him.next("waiting")).toEqual({ queuePosition: 1 });
        await her.next("partner-disconnected");
        const third = await open();
        third.send("join", jane);
        expect(await third.next("matched")).toEqual({ partner: { name: "Johnny", age: 25 }, initiator: true });
      });

      test("stop finds somebody new at once, not the one just left", async () => {
        const [him, her] = await couple();
        const third = await open();
        third.send("join", { ...jane, name: "Third" });
        await third.next("waiting");
        const stopped = performance.now();
        him.send("stop");
        expect((await him.next("matched")).partner.name).toBe("Third");
        expect(performance.now() - stopped).toBeLessThan(900);
        await third.next("matched");
        await her.next("partner-disconnected");
        expect(await her.next("waiting")).toEqual({ queuePosition: 1 });
      });

      test("a parted pair waits for somebody new, and meets again after ten seconds", async () => {
        const [him, her] = await couple();
        him.send("stop");
        await him.next("waiting");
        await her.next("partner-disconnected");
        const parted = performance.now();
        await her.next("waiting");
        expect(await get("/api/stats")).toMatchObject({ activeMatches: 0, queues: { male: 1, female: 1 } });
        const stats = () => get("/api/stats");
        await eventually("they have met again", async () => (await stats()).activeMatches === 1, 15_000);
        expect(performance.now() - parted).toBeWithin(9_000, 12_000);
        const [his, hers] = await Promise.all([him.next("matched"), her.next("matched")]);
        expect(his).toEqual({ partner: { name: "Jane", age: 24 }, initiator: false });
        expect(hers).toEqual({ partner: { name: "John", age: 25 }, initiator: true });
      }, 30_000);

      test("a parted partner that stops again does not wait for its second", async () => {
        const [him, her] = await couple();
        him.close();
        await her.next("partner-disconnected");
        const parted = performance.now();
        her.send("stop");
        await her.next("waiting");
        expect(performance.now() - parted).toBeLessThan(800);
        const other = await open();
        other.send("join", john);
        await her.next("matched");
      });

      test("stop and messages of one who waits or has not joined do nothing", async () => {
        const stranger = await open();
        const him = await open();
        him.send("join", john);
        await him.next("waiting");
        for (const client of [stranger, him]) {
          client.send("stop");
          client.send("offer", { offer: {} });
          client.send("answer", {});
          client.send("ice-candidate", null);
          client.send("chat-message", "anybody?");
          await client.nothingElse();
        }
      });

      test("what is sent behind a stop reaches nobody", async () => {
        const [him, her] = await couple();
        him.send("stop");
        him.send("chat-message", "to whom?");
        him.send("offer", { offer: 1 });
        await him.next("waiting");
        await him.nothingElse();
        await her.next("partner-disconnected");
        await her.next("waiting");
        await her.nothingElse();
      });
    });

    describe("many at once", () => {
      test("200 that join at once are 100 couples, each with one initiator, and hear only each other", async () => {
        const all = await Promise.all(Array.from({ length: 200 }, () => open()));
        const person = (at: number) => ({ name: `p${at}`, age: 20 + (at % 50), gender: at % 2 ? "male" : "female" });
        for (const [at, client] of all.entries()) client.send("join", person(at));
        const heard = await Promise.all(all.map((client) => client.until("matched")));
        const partnerOf = heard.map(({ partner }) => Number(partner.name.slice(1)));
        for (const [at, partner] of partnerOf.entries()) {
          expect(partnerOf[partner]).toBe(at);
          expect((at + partner) % 2).toBe(1);
          expect(heard[at].initiator).not.toBe(heard[partner].initiator);
        }
        expect(await get("/api/stats")).toEqual({
          totalUsers: 200,
          activeMatches: 100,
          queues: { male: 0, female: 0 },
        });
        for (const [at, client] of all.entries()) client.send("chat-message", `from ${at}`);
        const messages = await Promise.all(all.map((client) => client.next("chat-message")));
        expect(messages.map(({ message }) => message)).toEqual(partnerOf.map((partner) => `from ${partner}`));
      });

      test("half of 60 vanish in the middle of it; the others end in couples or alone in one line", async () => {
        const staysAway = { ...transports["websocket only"], reconnection: false };
        const all = await Promise.all(Array.from({ length: 60 }, () => open(staysAway)));
        for (const [at, client] of all.entries()) {
          client.send("join", { name: `p${at}`, age: 30, gender: at % 3 ? "male" : "female" });
          if (at % 4 === 0) client.close();
          if (at % 4 === 1) client.socket.io.engine.close();
          if (at % 4 === 2) client.send("stop");
        }
        await eventually(
          "who stays has settled",
          async () => {
            const { totalUsers, activeMatches, queues } = await get("/api/stats");
            const settled = totalUsers === 2 * activeMatches + queues.male + queues.female;
            return totalUsers === 30 && settled && Math.min(queues.male, queues.female) === 0;
          },
          20_000,
        );
      }, 30_000);
    });

    describe("bad input", () => {
      const wrong: unknown[] = [
        undefined,
        null,
        1,
        NaN,
        true,
        "text",
        "",
        [],
        {},
        [john],
        () => 1,
        "x".repeat(500_000),
      ];
      const wrongUsers: unknown[] = [
        ...wrong,
        { name: "John", age: 25 },
        { name: "John", gender: "male" },
        { age: 25, gender: "male" },
        { ...john, name: "" },
        { ...john, name: "   " },
        { ...john, name: 5 },
        { ...john, name: ["John"] },
        { ...john, name: "x".repeat(101) },
        { ...john, age: "old" },
        { ...john, age: "" },
        { ...john, age: "0x19" },
        { ...john, age: null },
        { ...john, age: -1 },
        { ...john, age: 0 },
        { ...john, age: 1e9 },
        { ...john, gender: "other" },
        { ...john, gender: "" },
        { ...john, gender: 1 },
        { ...john, gender: { toString: 1 } },
        { ...john, gender: ["male"] },
      ];

      test("join with anything but name, age and gender is refused, and the user may try again", async () => {
        const client = await open();
        for (const data of wrongUsers) {
          client.send("join", data);
          expect(await client.next("error")).toEqual({ message: "Invalid user data" });
        }
        client.socket.emit("join");
        expect(await client.next("error")).toEqual({ message: "Invalid user data" });
        client.send(
          "join",
          { ...john, name: "x".repeat(100), __proto__: { a: 1 }, more: { deep: [1] } },
          "more",
          () => 1,
        );
        expect(await client.next("waiting")).toEqual({ queuePosition: 1 });
      });

      test("a refused join changes nothing for one who is matched", async () => {
        const [him, her] = await couple();
        him.send("join", { name: "John" });
        expect(await him.next("error")).toEqual({ message: "Invalid user data" });
        her.send("chat-message", "still there?");
        expect((await him.next("chat-message")).message).toBe("still there?");
      });

      test("signals without their payload are refused, and nothing reaches the partner", async () => {
        const [him, her] = await couple();
        for (const [event, other] of [
          ["offer", "answer"],
          ["answer", "offer"],
          ["ice-candidate", "offer"],
        ] as const) {
          for (const data of [...wrong, { [other]: 1 }, JSON.parse('{"__proto__":{"offer":1}}')]) {
            him.send(event, data);
            expect(await him.next("error")).toEqual({ message: `Invalid ${event}` });
          }
        }
        await her.nothingElse();
      });

      test("chat that is no text, or too long, is refused", async () => {
        const [him, her] = await couple();
        for (const data of [undefined, null, 1, [], {}, { message: "x" }, "x".repeat(4_097)]) {
          him.send("chat-message", data);
          expect(await him.next("error")).toEqual({ message: "Invalid message" });
        }
        him.send("chat-message", "x".repeat(4_096), "more", { arguments: 1 });
        expect((await her.next("chat-message")).message).toHaveLength(4_096);
      });

      test("unknown events, namespaces and acknowledgements harm nobody", async () => {
        const [him, her] = await couple();
        for (const event of ["", "error", "waiting", "matched", "constructor", "__proto__", "toString"]) {
          him.send(event, { a: 1 });
        }
        him.socket.emit("chat-message", "with a callback", () => undefined);
        expect((await her.next("chat-message")).message).toBe("with a callback");
        const elsewhere = connectChat(`${server.url}/nowhere`, transports["websocket only"]);
        await expect(elsewhere).rejects.toThrow("Invalid namespace");
        await him.nothingElse();
        await her.nothingElse();
      });

      test("binary payloads pass as they are", async () => {
        const [him, her] = await couple();
        him.send("offer", { offer: Buffer.from([0, 255, 10, 13]) });
        const heard = await her.next("offer");
        expect(Buffer.from(heard.offer)).toEqual(Buffer.from([0, 255, 10, 13]));
      });
    });

    describe("crafted packets", () => {
      /** A matched pair whose first half speaks raw packets, as no well-behaved client would. */
      const crafted = async () => {
        const raw = await rawSocket(server.wsUrl);
        raw.send(`42["join",${JSON.stringify(john)}]`);
        const her = await open();
        await raw.until((packet) => packet.includes("waiting"));
        her.send("join", jane);
        await Promise.all([her.next("matched"), raw.until((packet) => packet.includes("matched"))]);
        return { raw, her };
      };

      test("nesting without end is refused", async () => {
        const { raw, her } = await crafted();
        for (const levels of [33, 1_000, 400_000]) {
          raw.send(`42["offer",{"offer":${"[".repeat(levels)}${"]".repeat(levels)}}]`);
          expect(await raw.until((packet) => packet.includes("error"))).toContain("Invalid offer");
        }
        raw.send(`42["offer",{"offer":${"[".repeat(32)}${"]".repeat(32)}}]`);
        expect((await her.next("offer")).from).toBeString();
        raw.close();
        await her.next("partner-disconnected");
      });

      test("a small message that names one large attachment many times is refused", async () => {
        const { raw, her } = await crafted();
        const place = '{"_placeholder":true,"num":0}';
        raw.send(`451-["offer",{"offer":[${Array.from({ length: 5_000 }, () => place).join()}]}]`);
        raw.send(new Uint8Array(800_000));
        expect(await raw.until((packet) => packet.includes("error"))).toContain("Invalid offer");
        await her.nothingElse();
        raw.close();
      });

      test("packets that break the protocol close their own connection only", async () => {
        const [him, her] = await couple();
        for (const packet of [
          "4",
          "9",
          "x",
          "42",
          "42{}",
          "42[",
          '42["connect"]',
          "451-[]",
          "49",
          "40/",
          "1",
          "6",
          "5",
        ]) {
          const raw = await rawSocket(server.wsUrl);
          raw.send(packet);
          raw.send('42["join",null]');
          raw.close();
          await raw.closed;
        }
        const binary = await rawSocket(server.wsUrl);
        binary.send(new Uint8Array([1, 2, 3]));
        await binary.closed;
        const large = await rawSocket(server.wsUrl);
        large.send("x".repeat(1_000_001));
        expect(await large.closed).toBe(1009);
        him.send("chat-message", "still here");
        await her.next("chat-message");
      });
    });

    describe("over HTTP", () => {
      test("statistics have exactly the documented keys", async () => {
        expect(await get("/api/stats")).toEqual({ totalUsers: 0, activeMatches: 0, queues: { male: 0, female: 0 } });
        await couple();
        const third = await open();
        third.send("join", john);
        await third.next("waiting");
        expect(await get("/api/stats/")).toEqual({ totalUsers: 3, activeMatches: 1, queues: { male: 1, female: 0 } });
        const health = await get("/health");
        expect(health).toMatchObject({ status: "ok", activeUsers: 3, activeMatches: 1, maleQueue: 1, femaleQueue: 0 });
        expect(new Date(health.timestamp).toISOString()).toBe(health.timestamp);
      });

      test("errors are {error:{message}}", async () => {
        const missing = await fetch(`${server.url}/api/stats/nothing`);
        expect([missing.status, await missing.json()]).toEqual([404, { error: { message: "Not found" } }]);
        const posted = await fetch(`${server.url}/api/stats`, { method: "POST", body: "{" });
        expect([posted.status, await posted.json()]).toEqual([405, { error: { message: "Method not allowed" } }]);
        expect(posted.headers.get("access-control-allow-origin")).toBe("*");
      });

      test("metrics carry the face's figures", async () => {
        await couple();
        const metrics = await (await fetch(`${server.url}/metrics`)).text();
        expect(metrics).toContain("rendezvous_video_chat_users 2\n");
        expect(metrics).toContain("rendezvous_video_chat_matches 1\n");
        expect(metrics).toContain('rendezvous_video_chat_waiting{gender="male"} 0\n');
        expect(metrics).toMatch(/rendezvous_video_chat_matched_total \d+\n/);
      });
    });
  });
}

test("a server going down lets its clients go so that they come back by themselves", async () => {
  const first = await startServer();
  const clients = await Promise.all(Object.values(transports).map((options) => connectChat(first.url, options)));
  const [him, her, third] = clients as [ChatClient, ChatClient, ChatClient];
  him.send("join", john);
  await him.next("waiting");
  her.send("join", jane);
  await Promise.all([him.next("matched"), her.next("matched")]);
  const reasons = clients.map(({ socket }) => new Promise((gone) => socket.once("disconnect", gone)));
  const back = clients.map(
    ({ socket }) => new Promise<void>((there) => socket.once("disconnect", () => socket.once("connect", there))),
  );

  expect(await first.stop()).toBe(0);
  expect(await Promise.all(reasons)).not.toContain("io server disconnect");
  const second = await startServer({ PORT: `${first.port}` });
  await Promise.all(back);
  him.send("join", john);
  expect(await him.until("waiting")).toEqual({ queuePosition: 1 });
  third.send("join", jane);
  await Promise.all([him.next("matched"), third.until("matched")]);
  for (const client of clients) client.close();
  expect(await second.stop()).toBe(0);
}, 30_000);

videoChatSuite("embedded", async () => ({}));

let redis: RunningRedis | undefined;
videoChatSuite("with Redis", async () => {
  redis = await startRedis();
  return { FACES: "video-chat", REDIS_URL: redis.url };
});
afterAll(() => redis?.stop());
