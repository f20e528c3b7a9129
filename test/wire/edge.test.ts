import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { rendezvous } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { sendRaw } from "../support/raw-http.ts";
import { startServer, type RunningServer } from "../support/server.ts";

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  expect(await server.stop()).toBe(0);
  expect(server.output()).not.toContain('"level":"error"');
});

const HOST = "Host: localhost\r\n";
const FIND = `POST /api/match/find HTTP/1.1\r\n${HOST}`;
const raw = (bytes: string) => sendRaw(server.port, bytes);
const many = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join("");

describe("a request that two readers could read differently is refused, and its connection closed", () => {
  const refused: readonly (readonly [what: string, bytes: string])[] = [
    ["a length and chunks", `${FIND}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG`],
    ["chunks and a length", `${FIND}Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nG`],
    ["two lengths", `${FIND}Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde`],
    ["a list of lengths", `${FIND}Content-Length: 3, 3\r\n\r\nabc`],
    ["a length with a sign", `${FIND}Content-Length: +3\r\n\r\nabc`],
    ["a negative length", `${FIND}Content-Length: -1\r\n\r\nabc`],
    ["a length beyond all numbers", `${FIND}Content-Length: 99999999999999999999999\r\n\r\nabc`],
    ["an empty length", `${FIND}Content-Length: \r\n\r\nGET / HTTP/1.1\r\n${HOST}\r\n`],
    ["an unknown transfer coding", `${FIND}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ["a packed transfer coding", `${FIND}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ["two transfer codings", `${FIND}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`],
    ["a blank before a colon", `${FIND}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ["chunks in HTTP/1.0", "POST /api/match/find HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["lines of chunks without CR", `${FIND}Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n`],
    ["a line feed in a chunk's extension", `${FIND}Transfer-Encoding: chunked\r\n\r\n2;a\nb\r\n{}\r\n0\r\n\r\n`],
    ["a chunk's size that is no number", `${FIND}Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n`],
    ["a chunk longer than it says", `${FIND}Transfer-Encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n`],
    ["a folded header", `GET /health HTTP/1.1\r\n${HOST}X-A: a\r\n b\r\n\r\n`],
    ["lines without CR", "GET /health HTTP/1.1\nHost: localhost\n\n"],
    ["a line feed in a header", `GET /health HTTP/1.1\r\n${HOST}X-A: a\nX-B: b\r\n\r\n`],
    ["a carriage return in a header", `GET /health HTTP/1.1\r\n${HOST}X-A: a\rX-B: b\r\n\r\n`],
    ["a zero byte in a header", `GET /health HTTP/1.1\r\n${HOST}X-A: a\0b\r\n\r\n`],
    ["a header's name with a blank", `GET /health HTTP/1.1\r\n${HOST}X A: a\r\n\r\n`],
    ["a header without a name", `GET /health HTTP/1.1\r\n${HOST}: a\r\n\r\n`],
    ["a path with a blank", `GET /a b HTTP/1.1\r\n${HOST}\r\n`],
    ["no host", "GET /health HTTP/1.1\r\n\r\n"],
    ["another version of HTTP", `GET /health HTTP/3.9\r\n${HOST}\r\n`],
    ["the beginning of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["more than 64 KiB of headers", `GET /health HTTP/1.1\r\n${HOST}X-A: ${"a".repeat(70_000)}\r\n\r\n`],
    ["headers that do not end", `GET /health HTTP/1.1\r\n${HOST}X-A: ${"a".repeat(1_000_000)}`],
    ["a thousand headers", `GET /health HTTP/1.1\r\n${HOST}${many(1_000, (at) => `X-${at}: a\r\n`)}\r\n`],
    ["a method nobody knows", `FOO /health HTTP/1.1\r\n${HOST}\r\n`],
  ];
  for (const [what, bytes] of refused) {
    test(what, async () => {
      const { closed, statuses } = await raw(bytes);
      expect(closed).toBe(true);
      for (const status of statuses) expect(status).toBeWithin(400, 506);
      expect(statuses.length).toBeLessThan(2);
    });
  }
});

describe("what is unusual but clear", () => {
  test("a method that is not offered is refused by name", async () => {
    const traced = await raw(`TRACE /health HTTP/1.1\r\n${HOST}X-Secret: hush\r\n\r\n`);
    expect(traced.statuses).toEqual([405]);
    expect(traced.text).not.toContain("hush");
    expect((await raw(`CONNECT elsewhere:443 HTTP/1.1\r\n${HOST}\r\n`)).statuses).toEqual([404]);
  });

  test("a whole URL in the request line is this server's path, whatever host it names", async () => {
    const { statuses, text } = await raw(`GET http://evil.example/health HTTP/1.1\r\n${HOST}\r\n`);
    expect(statuses).toEqual([200]);
    expect(text).not.toContain("evil");
  });

  test("a body that nobody reads is not taken for the next request", async () => {
    const next = `GET /health HTTP/1.1\r\n${HOST}\r\n`;
    const { statuses } = await raw(`GET /health HTTP/1.1\r\n${HOST}Content-Length: ${next.length}\r\n\r\n${next}`);
    expect(statuses).toEqual([200]);
  });
});

describe("bodies", () => {
  test("that are packed are refused in the words of each face, Socket.IO included", async () => {
    const open = (await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`)).text();
    const { sid } = JSON.parse((await open).slice(1)) as { sid: string };
    for (const [path, shape] of [
      ["/api/match/find", { found: false }],
      ["/api/hosts", { detail: expect.any(String) }],
      ["/queue/join", { detail: expect.any(String) }],
      ["/api/auth/signup", { event: "error" }],
      [`/socket.io/?EIO=4&transport=polling&sid=${sid}`, { message: expect.any(String) }],
    ] as const) {
      for (const encoding of ["gzip", "br", "x-unknown", "gzip, identity"]) {
        const answer = await fetch(server.url + path, {
          method: "POST",
          headers: { "content-encoding": encoding },
          body: gzipSync("{}"),
        });
        expect([path, encoding, answer.status]).toEqual([path, encoding, 415]);
        expect((await answer.json()) as object).toMatchObject(shape);
      }
    }
    const plain = await fetch(`${server.url}/api/match/find`, {
      method: "POST",
      headers: { "content-encoding": "identity" },
      body: "{}",
    });
    expect(plain.status).toBe(404);
  });

  test("that reach for prototypes change nothing", async () => {
    for (const body of [
      '{"__proto__":{"region":"eu"}}',
      '{"constructor":{"prototype":{"region":"eu"}}}',
      '{"\\u005f_proto__":{"region":"eu"}}',
    ]) {
      const answer = await fetch(`${server.url}/api/match/find`, { method: "POST", body });
      expect(answer.status).toBe(400);
    }
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  test("that nest without end are refused", async () => {
    const body = `{"region":${"[".repeat(30_000)}`;
    expect((await fetch(`${server.url}/api/match/find`, { method: "POST", body })).status).toBe(400);
  });
});

test("answers are marked as what they are and kept by nobody", async () => {
  for (const path of ["/health", "/api/hosts", "/api/ice-servers", "/leaderboard", "/metrics", "/api/none"]) {
    const { headers } = await fetch(server.url + path);
    expect([path, headers.get("x-content-type-options")]).toEqual([path, "nosniff"]);
    expect([path, headers.get("cache-control")]).toEqual([path, "no-store"]);
    expect(headers.get("set-cookie")).toBeNull();
  }
});

test("a client that says little for long is cut, and others notice nothing", async () => {
  const slow = (bytes: string, drip?: string) =>
    sendRaw(server.port, bytes, { untilClosed: true, ...(drip === undefined ? {} : { drip }) });
  const upgrade = "GET /signaling?roomId=r HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n";
  const headers = Promise.all([
    slow(""),
    slow("GET /health HT"),
    slow(`GET /health HTTP/1.1\r\n${HOST}`, "X-A: b\r\n"),
    slow("G", "E"),
    slow(upgrade, "X-A: b\r\n"),
    slow("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n", "X-A: b\r\n"),
    ...Array.from({ length: 300 }, () => slow(`GET /health HTTP/1.1\r\n${HOST}`, "X-A: b\r\n")),
  ]);
  const bodies = Promise.all([
    slow(`${FIND}Content-Length: 1000\r\n\r\n`, " "),
    slow(`${FIND}Transfer-Encoding: chunked\r\n\r\n`, "1\r\n \r\n"),
    slow(`${FIND}Content-Length: 1000\r\n\r\n{`),
    slow(`GET /health HTTP/1.1\r\n${HOST}\r\n`),
    slow(`GET /health HTTP/1.1\r\n${HOST}\r\nGET /health HTTP/1.1\r\n`, "X-A: b\r\n"),
  ]);
  let [isOver, worst] = [false, 0];
  void headers.then(() => (isOver = true));
  while (!isOver) {
    const began = performance.now();
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    worst = Math.max(worst, performance.now() - began);
    await new Promise((resume) => setTimeout(resume, 50));
  }
  expect(worst).toBeLessThan(2_000);
  for (const { tookMs } of await headers) expect(tookMs).toBeLessThan(20_000);
  for (const { tookMs } of await bodies) expect(tookMs).toBeLessThan(45_000);
}, 90_000);

describe("a server that is open to the network", () => {
  test("says at its start, to people and in the log, what anybody can do there and how to close it", async () => {
    const open = await startServer({ HOST: "0.0.0.0", FACES: "host-pool,rooms" });
    await eventually("the log has it", () => open.output().includes('"level":"warn"'));
    await open.stop();
    const lines = open.output().split("\n");
    for (const mine of [
      lines.filter((line) => line.startsWith("  note ")).join("\n"),
      lines.find((line) => line.includes('"level":"warn"')) ?? "",
    ]) {
      expect(mine).toContain("0.0.0.0:0 (every network this machine is on) is open to the network");
      expect(mine).toContain("Open: host-pool: anybody can register hosts");
      expect(mine).toContain("Open: rooms: ");
      expect(mine).not.toContain("Open: arena");
      expect(mine).toContain("AUTH_MODE=token");
    }
  });

  test("says nothing where tokens are asked for, or on the loopback", async () => {
    for (const settings of [
      { HOST: "0.0.0.0", AUTH_MODE: "token", JWT_SECRET: "a secret of at least thirty-two bytes, for tests" },
      { HOST: "127.0.0.1" },
    ]) {
      const { code, stdout } = await rendezvous(["check-config"], settings);
      expect(code).toBe(0);
      expect(stdout).not.toContain("open to the network");
    }
  });
});
