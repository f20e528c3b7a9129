import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { sendHalf, type HalfSent } from "../support/half-sent.ts";
import { eventually } from "../support/eventually.ts";
import { post } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";

/** Bodies that a node waits for without counting whose they are. */
const UNCOUNTED = 32;
const PER_ADDRESS = 5;

const WHOLE = '{"region":"eu"}';

let server: RunningServer;
const open: HalfSent[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.hangUp();
});

const OF_ITS_LENGTH = `Content-Length: ${WHOLE.length}\r\n\r\n{`;
const IN_CHUNKS = "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n";
const LARGE = "Content-Length: 131072\r\n\r\n{";

const half = async (from: string, rest: string, path = "/api/match/find"): Promise<HalfSent> => {
  const one = await sendHalf(
    server.port,
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${from}\r\n${rest}`,
  );
  open.push(one);
  return one;
};
const halves = (count: number, from: string, rest: string, path?: string): Promise<HalfSent[]> =>
  Promise.all(Array.from({ length: count }, () => half(from, rest, path)));
const find = (from: string) => post(`${server.url}/api/match/find`, { region: "eu" }, { "x-forwarded-for": from });

describe("bodies that are still under way", () => {
  beforeAll(async () => {
    server = await startServer({
      FACES: "host-pool,video-chat",
      RATE_LIMIT_LOOPBACK: "on",
      BUDGETS: "find=off",
      SOCKETS_PER_ADDRESS: `${PER_ADDRESS}`,
      TRUSTED_PROXIES: "127.0.0.1",
      MAX_DELAY_MS: "0",
    });
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  const EVIL = "198.51.100.1";

  /** Sends `more` than one address may have, and returns those that are waited for. */
  const fill = async (more: number, rest = OF_ITS_LENGTH): Promise<HalfSent[]> => {
    const all = await halves(UNCOUNTED + PER_ADDRESS + more, EVIL, rest);
    await eventually("what is too much is refused", () => all.filter((one) => one.answer() !== "").length >= more);
    const refused = all.filter((one) => one.answer() !== "");
    expect(refused).toHaveLength(more);
    for (const text of await Promise.all(refused.map((one) => one.ended))) {
      expect(text).toStartWith("HTTP/1.1 429 ");
      expect(text.toLowerCase()).toContain("connection: close");
      expect(text.toLowerCase()).toContain("retry-after: 5");
    }
    return all.filter((one) => !refused.includes(one));
  };

  const allPlacesAreFree = () =>
    eventually("all places are free", async () => {
      const all = await halves(UNCOUNTED + PER_ADDRESS, EVIL, OF_ITS_LENGTH);
      await find("198.51.100.3");
      for (const one of all) one.send(WHOLE.slice(1));
      await eventually("all are answered", () => all.every((one) => one.answer() !== ""));
      return all.every((one) => one.answer().startsWith("HTTP/1.1 404 "));
    });
  // The connections of another test may not all have been seen to end.
  beforeEach(async () => void (await allPlacesAreFree()));

  for (const [how, rest] of [
    ["", OF_ITS_LENGTH],
    [" if they come in chunks", IN_CHUNKS],
  ] as const) {
    test(`are refused past what one address may have, and their connections ended at once${how}`, async () => {
      const waited = await fill(10, rest);
      expect(waited.map((one) => one.answer())).toEqual(Array(UNCOUNTED + PER_ADDRESS).fill(""));
    });
  }

  test("are refused as polls of Socket.IO, too", async () => {
    const sessions = Array.from({ length: (UNCOUNTED + PER_ADDRESS + 5) / 2 }, async (_, n) => {
      const headers = { "x-forwarded-for": `198.51.100.${100 + n}` };
      const opened = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers });
      return JSON.parse((await opened.text()).slice(1)).sid as string;
    });
    const paths = (await Promise.all(sessions)).map((sid) => `/socket.io/?EIO=4&transport=polling&sid=${sid}`);
    const polls = (await Promise.all(paths.map((path) => halves(2, EVIL, OF_ITS_LENGTH, path)))).flat();
    const refused = () => polls.filter((one) => one.answer().startsWith("HTTP/1.1 429 "));
    await eventually("what is too much is refused", () => refused().length === 5);
    for (const text of await Promise.all(refused().map((one) => one.ended))) {
      expect(text.toLowerCase()).toContain("connection: close");
    }
  });

  test("keep nobody else's from coming, however slowly, nor what comes as a whole", async () => {
    await fill(1);
    const slow = await half("198.51.100.2", OF_ITS_LENGTH);
    for (const piece of [WHOLE.slice(1, 5), WHOLE.slice(5, 9), WHOLE.slice(9)]) {
      expect((await find("198.51.100.3")).status).toBe(404);
      expect(slow.answer()).toBe("");
      slow.send(piece);
    }
    await eventually("it is answered", () => slow.answer().startsWith("HTTP/1.1 404 "));
    expect((await find(EVIL)).status).toBe(404);
  });

  test("give their places back when they have come, and when their connections end", async () => {
    const waited = await fill(1);
    for (const one of waited) one.send(WHOLE.slice(1));
    await eventually("all are answered", () => waited.every((one) => one.answer().startsWith("HTTP/1.1 404 ")));
    for (const one of await fill(1)) one.hangUp();
    await allPlacesAreFree();
    await fill(1);
  });
});

describe("a server with few descriptors, of which one client wants all", () => {
  beforeAll(async () => {
    server = await startServer(
      { RATE_LIMIT_LOOPBACK: "on", MAX_DELAY_MS: "0" },
      { prefix: ["prlimit", "--nofile=600:600"] },
    );
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  const others = async (): Promise<number> => (await fetch(`${server.url}/livez`, { keepalive: false })).status;

  test("serves others while the client sends hundreds of halves", async () => {
    for (let round = 0; round < 20; round++) {
      await halves(39, "198.51.100.1", LARGE, "/matches/x/stream/frames");
      expect(await others()).toBe(200);
    }
    expect(server.output()).not.toContain("descriptors run out");
    await eventually(
      "most are refused",
      () => open.filter((one) => one.answer().startsWith("HTTP/1.1 429 ")).length > 600,
    );
  });

  test("serves others while the client is answered without its bodies being waited for", async () => {
    for (const path of ["/nowhere", "/health"]) {
      for (let round = 0; round < 15; round++) {
        // Connections that were answered are idle, and the first to go when descriptors run out.
        await halves(39, "198.51.100.1", LARGE, path).catch(() => undefined);
        await eventually("somebody else is served", async () => (await others().catch(() => null)) === 200, 1_000);
      }
    }
  });
});
