import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { call, post } from "../support/http.ts";
import { openRoomPeer } from "../support/room-peer.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { ourProgram } from "../support/our-program.ts";

describe("what operators ask a running server", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => {
    await server.stop();
  });

  test("/health carries all keys of both documents", async () => {
    const { status, body, headers } = await call("GET", `${server.url}/health`);
    expect(status).toBe(200);
    expect(body).toEqual({
      status: "ok",
      queue_size: 0,
      active_matches: 0,
      live_match_ids: [],
      activeUsers: 0,
      activeMatches: 0,
      maleQueue: 0,
      femaleQueue: 0,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(headers.get("access-control-allow-origin")).toBe("*");
  });

  test("/livez and /readyz say that it lives and is ready", async () => {
    expect(await call("GET", `${server.url}/livez`)).toMatchObject({ status: 200, body: { status: "live" } });
    expect(await call("GET", `${server.url}/readyz/`)).toMatchObject({ status: 200, body: { status: "ready" } });
  });

  test("/metrics is Prometheus text, and no other site's business", async () => {
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get("content-type")).toContain("text/plain");
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    const text = await response.text();
    for (const name of ["process_resident_memory_bytes", "hosts", "rooms", "sockets", "face_up"]) {
      expect(text).toContain(`rendezvous_${name}`);
    }
    expect(text).not.toMatch(/(NaN|undefined)/);
  });

  test("HEAD is GET without a body", async () => {
    const response = await fetch(`${server.url}/health`, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });

  test("unknown paths are 404 and wrong methods 405, in JSON", async () => {
    expect(await call("GET", `${server.url}/no/such/thing`)).toMatchObject({
      status: 404,
      body: { error: "unknown_path" },
    });
    const wrong = await post(`${server.url}/livez`, {});
    expect(wrong).toMatchObject({ status: 405, body: { error: "method_not_allowed" } });
    expect(wrong.headers.get("allow")).toContain("GET");
  });

  test("names every object has are no assets", async () => {
    for (const name of ["constructor", "__proto__", "toString", "..%2fapp%2fmain.ts"]) {
      expect((await fetch(`${server.url}/assets/${name}`)).status).toBe(404);
      expect((await fetch(`${server.url}/docs/${name}`)).status).toBe(404);
    }
  });

  test("a path for WebSockets says so to a plain request", async () => {
    expect((await call("GET", `${server.url}/signaling?roomId=x`)).status).toBe(426);
  });

  test("requests without a host, or with one that is none, are answered like any other", async () => {
    const ask = (head: string): Promise<string> =>
      new Promise((answered) => {
        let text = "";
        const socket = connect(server.port, "127.0.0.1", () => socket.end(`${head}\r\n\r\n`));
        socket.on("data", (data) => (text += data.toString()));
        socket.on("error", () => undefined);
        socket.on("close", () => answered(text));
      });
    for (const host of ["\r\nHost: a b", "\r\nHost: %%%", "\r\nHost: "]) {
      expect(await ask(`GET /livez HTTP/1.1${host}`)).toContain("200 OK");
      expect(await ask(`GET /no/such HTTP/1.1${host}`)).toContain('"unknown_path"');
      expect(await ask(`GET /api/match/find HTTP/1.1${host}`)).toMatch(/405[^]*"found":false/);
      expect(await ask(`GET /socket.io/?EIO=4&transport=polling HTTP/1.1${host}`)).toContain("400 Bad Request");
      expect(await ask(`GET /signaling HTTP/1.1${host}`)).toContain("426");
    }
    await post(`${server.url}/api/host/heartbeat`, { hostId: "hostless", roomId: "hostless", region: "hostless" });
    const body = '{"region":"hostless"}';
    const found = await ask(`POST /api/match/find HTTP/1.0\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    expect(found).toContain(`"signalingUrl":"${server.wsUrl}/signaling"`);
  });

  test("a client that hangs up in the middle is nobody's error", async () => {
    for (let n = 0; n < 20; n++) {
      await new Promise<void>((closed) => {
        const head = "POST /api/host/heartbeat HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{";
        const socket = connect(server.port, "127.0.0.1", () => socket.write(head, () => socket.destroy()));
        socket.on("close", () => closed());
      });
    }
    const metrics = await eventually("the requests have ended", async () => {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      return text.includes('status="499"') && text;
    });
    expect(metrics).not.toContain('status="500"');
    expect(server.output()).not.toContain("a request failed");
  });

  test("requests that are no HTTP harm nobody", async () => {
    for (const bytes of [
      "\u0000\u0001\u0002\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "POST /health HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    ]) {
      await new Promise<void>((closed) => {
        const socket = connect(server.port, "127.0.0.1", () => socket.write(bytes));
        socket.on("data", () => socket.destroy());
        socket.on("error", () => undefined);
        socket.on("close", () => closed());
        socket.setTimeout(2_000, () => socket.destroy());
      });
    }
    expect((await call("GET", `${server.url}/livez`)).status).toBe(200);
  });
});

describe("FACES", () => {
  test("picks the faces that are served", async () => {
    const server = await startServer({ FACES: "rooms" });
    try {
      expect((await post(`${server.url}/api/match/find`, {})).status).toBe(404);
      expect((await call("GET", `${server.url}/api/stats`)).status).toBe(404);
      expect((await call("GET", `${server.url}/socket.io/?EIO=4&transport=polling`)).status).toBe(404);
      const peer = await openRoomPeer(server.wsUrl, "r");
      expect(peer.welcome["peers"]).toEqual([]);
      expect((await call("GET", `${server.url}/health`)).body).toMatchObject({ activeUsers: 0, queue_size: 0 });
    } finally {
      await server.stop();
    }
  });
});

describe("the way down", () => {
  /** A request whose body does not end yet. */
  function slowRequest(server: RunningServer) {
    const socket = connect(server.port, "127.0.0.1");
    const body = JSON.stringify({ hostId: "slow", roomId: "r", region: "slow" });
    let answer = "";
    socket.on("data", (data) => (answer += data.toString()));
    socket.on("error", () => undefined);
    socket.write(
      `POST /api/host/heartbeat HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body.slice(0, 5)}`,
    );
    return {
      finish: () => socket.write(body.slice(5)),
      ended: new Promise<string>((done) => socket.on("close", () => done(answer))),
    };
  }

  test("SIGTERM: not ready, no new matches, sockets told, what runs finished, exit 0", async () => {
    const server = await startServer();
    await post(`${server.url}/api/host/heartbeat`, { hostId: "a", roomId: "r" });
    const socket = new WebSocket(`${server.wsUrl}/signaling?roomId=r`);
    await new Promise((opened) => (socket.onopen = opened));
    const told = new Promise<number>((closed) => (socket.onclose = ({ code }) => closed(code)));
    const slow = slowRequest(server);
    await eventually("the slow request has arrived", () => call("GET", `${server.url}/livez`));

    const exit = server.stop("SIGTERM");
    expect(await told).toBe(1012);
    expect(await call("GET", `${server.url}/readyz`)).toMatchObject({ status: 503, body: { status: "draining" } });
    expect(await post(`${server.url}/api/match/find`, {})).toMatchObject({ status: 503, body: { found: false } });
    slow.finish();
    expect(await slow.ended).toContain('{"success":true,"ttl":30}');
    expect(await exit).toBe(0);
  });

  test("with nothing to finish it is down at once, idle connections or not", async () => {
    const server = await startServer();
    await call("GET", `${server.url}/livez`);
    const began = performance.now();
    expect(await server.stop("SIGINT")).toBe(0);
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  test("a connection that has not asked anything yet holds nothing up", async () => {
    const server = await startServer({ DRAIN_SECONDS: "10" });
    const socket = connect(server.port, "127.0.0.1", () => socket.write("POST /api/host/heart"));
    socket.on("error", () => undefined);
    await call("GET", `${server.url}/livez`);
    const began = performance.now();
    expect(await server.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(3_000);
    socket.destroy();
  });

  test("what does not end is cut within DRAIN_SECONDS, and that is still exit 0", async () => {
    const server = await startServer({ DRAIN_SECONDS: "1" });
    const slow = slowRequest(server);
    await call("GET", `${server.url}/livez`);
    const began = performance.now();
    expect(await server.stop()).toBe(0);
    const took = performance.now() - began;
    expect(took).toBeGreaterThan(400);
    // Not cut, it would hold on for the ten seconds and more that a slow request may take.
    expect(took).toBeLessThan(5_000);
    await slow.ended;
  });

  test("a second signal forces it", async () => {
    const server = await startServer({ DRAIN_SECONDS: "60" });
    const slow = slowRequest(server);
    await call("GET", `${server.url}/livez`);
    void server.stop();
    await eventually("it drains", async () => (await call("GET", `${server.url}/readyz`)).status === 503);
    expect(await server.stop()).toBe(1);
    await slow.ended;
  });
});

describe("the command line", () => {
  async function rendezvous(args: string[], env: Record<string, string> = {}, files: Record<string, string> = {}) {
    const cwd = mkdtempSync(join(tmpdir(), "rendezvous-cli-"));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
    const child = Bun.spawn([process.execPath, "--no-env-file", ourProgram, ...args], {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    rmSync(cwd, { recursive: true, force: true });
    return { out, err, code };
  }

  test("check-config says what serve would do and where each setting comes from", async () => {
    const { out, code } = await rendezvous(
      ["check-config", "--port", "9000"],
      { TURN_SECRET: "s3cret" },
      { ".env": "HOST=::1\n" },
    );
    expect(code).toBe(0);
    expect(out).toMatch(/PORT +9000 +flag/);
    expect(out).toMatch(/HOST +::1 +\.env/);
    expect(out).toMatch(/TURN_SECRET +\(secret\) +environment/);
    expect(out).not.toContain("s3cret");
    const json = JSON.parse((await rendezvous(["check-config", "--json"])).out);
    expect(json.ok).toBe(true);
  });

  test("bad and unknown settings end it with 2 and a sentence each, before anything listens", async () => {
    const port = await freePort();
    for (const [args, env, says] of [
      [[], { PORT: `${port}`, LOG_LEVEL: "loud" }, /LOG_LEVEL must be one of/],
      [["--prot", "1"], {}, /--prot/],
      [["--port"], {}, /--port/],
      [["dance"], {}, /Unknown command 'dance'/],
      [[], { TURN_URLS: "turn:x:3478" }, /TURN_SECRET/],
      [[], { FACES: "cellar" }, /FACES must be one of/],
      [[], { TURN_TTL: "5" }, /TURN_TTL_SECONDS\?/],
      [[], { PORT_FILE: "x" }, /PORT_FILE/],
      [["--host", "999.1.1.1"], {}, /cannot listen on 999\.1\.1\.1/],
    ] as [string[], Record<string, string>, RegExp][]) {
      const { err, out, code } = await rendezvous(args, env);
      expect(code).toBe(2);
      expect(err).toMatch(says);
      expect(out).toBe("");
    }
  });

  test("a port that is taken is a clear error", async () => {
    const server = await startServer();
    try {
      const { err, code } = await rendezvous(["--port", `${server.port}`]);
      expect(code).toBe(1);
      expect(err).toContain(`cannot listen on 127.0.0.1:${server.port}`);
    } finally {
      await server.stop();
    }
  });

  test("--help names every command and setting", async () => {
    const { out, code } = await rendezvous(["--help"]);
    expect(code).toBe(0);
    for (const word of ["serve", "check-config", "doctor", "--host-lease-seconds", "--turn-urls"])
      expect(out).toContain(word);
  });

  test("--help behind a command prints the flags of that command", async () => {
    for (const args of [
      ["simulate", "arena", "--help"],
      ["help", "simulate"],
    ]) {
      const { out, code } = await rendezvous(args);
      expect(code).toBe(0);
      expect(out).toContain("simulate arena");
      expect(out).toContain("--best-of");
      expect(out).toContain("AUTH_MODE=token");
      expect(out).not.toContain("--host-lease-seconds");
    }
    expect((await rendezvous(["serve", "--help"])).out).toContain("--host-lease-seconds");
  });
});
