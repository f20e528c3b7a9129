import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { probeAllocation } from "../../src/adapters/turn/probe.ts";
import { runDoctor, type DoctorConfig, type Finding } from "../../src/app/doctor.ts";
import type { IceServer } from "../../src/core/credentials/ice-servers.ts";
import { issueTurnCredential } from "../../src/core/credentials/turn-credential.ts";
import { startCoturn, type RunningCoturn } from "../support/coturn.ts";
import { fakedTime } from "../support/faked-time.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { ourProgram } from "../support/our-program.ts";

const SECRET = "north";
const TTL_SECONDS = 600;

let coturn: RunningCoturn;
let server: RunningServer;

beforeAll(async () => {
  coturn = await startCoturn({ secret: SECRET, tlsName: "127.0.0.1" });
  server = await startServer({
    STUN_URLS: `stun:127.0.0.1:${coturn.port}`,
    TURN_URLS: `${coturn.url}?transport=udp,${coturn.url}?transport=tcp`,
    TURN_SECRET: SECRET,
    TURN_TTL_SECONDS: `${TTL_SECONDS}`,
  });
});

afterAll(async () => {
  await server?.stop();
  await coturn?.stop();
});

interface Finished {
  readonly code: number;
  readonly output: string;
}

async function run(command: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
  const child = Bun.spawn([...command], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, output: out + err };
}

/** Two clients allocate with this credential and send 5 messages to each other through their relays. */
function relayTraffic(username: string, credential: string, ...options: string[]): Promise<Finished> {
  const login = ["-u", username, "-w", credential, "-p", `${coturn.port}`];
  // -y: client to client, -c: no RTCP, -n 5: messages, -m 1: pair of clients.
  return run(["turnutils_uclient", ...login, "-y", "-c", "-n", "5", "-m", "1", ...options, "127.0.0.1"]);
}

async function issued(): Promise<{ iceServers: IceServer[]; ttl: number; response: Response }> {
  const response = await fetch(`${server.url}/api/ice-servers`, { headers: { origin: "https://play.example.org" } });
  return { ...((await response.json()) as { iceServers: IceServer[]; ttl: number }), response };
}

async function turnLogin(): Promise<{ username: string; credential: string }> {
  const entry = (await issued()).iceServers.find((one) => one.urls.startsWith("turn:"))!;
  return { username: entry.username!, credential: entry.credential! };
}

describe("GET /api/ice-servers", () => {
  test("lists the configured servers, TURN with a credential that runs out after the time to live", async () => {
    const earliest = Math.floor(Date.now() / 1000) + TTL_SECONDS;
    const { iceServers, ttl, response } = await issued();
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(ttl).toBe(TTL_SECONDS);
    expect(iceServers.map((one) => one.urls)).toEqual([
      `stun:127.0.0.1:${coturn.port}`,
      `turn:127.0.0.1:${coturn.port}?transport=udp`,
      `turn:127.0.0.1:${coturn.port}?transport=tcp`,
    ]);
    expect(iceServers[0]).toEqual({ urls: `stun:127.0.0.1:${coturn.port}` });
    for (const { username, credential } of iceServers.slice(1)) {
      const [expiry, user] = username!.split(":");
      expect(Number(expiry)).toBeGreaterThanOrEqual(earliest);
      expect(Number(expiry)).toBeLessThanOrEqual(Math.floor(Date.now() / 1000) + TTL_SECONDS);
      expect(issueTurnCredential(SECRET, Number(expiry), user!)).toEqual({
        username: username!,
        credential: credential!,
      });
    }
  });

  test("answers another method in the shape of this face", async () => {
    const response = await fetch(`${server.url}/api/ice-servers`, { method: "POST", body: "{}" });
    expect(response.status).toBe(405);
    expect(await response.json()).toEqual({ error: "method_not_allowed", message: expect.any(String) });
  });
});

describe("a real relay", () => {
  test("the credential other TURN REST implementations give is ours", () => {
    expect(issueTurnCredential("north", 1893456000, "alice").credential).toBe("MME/7rvfb/gOjpkB59+7AxlCLvk=");
  });

  test.each([
    ["UDP", []],
    ["TCP", ["-t"]],
  ])(
    "carries traffic for an issued credential, over %s",
    async (_name, options) => {
      const { username, credential } = await turnLogin();
      const { code, output } = await relayTraffic(username, credential, ...options);
      expect(output).toContain("tot_send_msgs=10, tot_recv_msgs=10");
      expect(output).toContain("Total lost packets 0 ");
      expect(code).toBe(0);
    },
    30_000,
  );

  test("takes a user whose name is hard on the format", async () => {
    const expiresAt = Math.floor(Date.now() / 1000) + TTL_SECONDS;
    const { username, credential } = issueTurnCredential(SECRET, expiresAt, 'a:b "c" union select \u00e9 \\ \'');
    const outcome = await probeAllocation(
      { transport: "udp", address: "127.0.0.1", port: coturn.port },
      { username, password: credential },
      { clock: systemClock, random: systemRandom, timeoutMs: 2_000, retransmitMs: 100 },
    );
    expect(outcome).toMatchObject({ result: "allocated", relayed: { address: "127.0.0.1" } });
  });

  test("refuses a credential that has run out", async () => {
    const { username, credential } = issueTurnCredential(SECRET, Math.floor(Date.now() / 1000) - 10, "alice");
    const { code, output } = await relayTraffic(username, credential);
    expect(output).toContain("Cannot complete Allocation");
    expect(code).not.toBe(0);
  });

  test("refuses an altered credential, and an altered expiry", async () => {
    const { username, credential } = await turnLogin();
    const otherCredential = (credential.startsWith("A") ? "B" : "A") + credential.slice(1);
    const longerExpiry = username.replace(/^\d+/, (expiry) => `${Number(expiry) + 86_400}`);
    for (const login of [[username, otherCredential] as const, [longerExpiry, credential] as const]) {
      const { code, output } = await relayTraffic(...login);
      expect(output).toContain("Cannot complete Allocation");
      expect(code).not.toBe(0);
    }
  });
});

describe("rendezvous doctor", () => {
  const command = (settings: Record<string, string>, ...flags: string[]) =>
    run([process.execPath, ourProgram, "doctor", ...flags], settings);

  test("finds nothing wrong with a good server and ends with 0", async () => {
    const { code, output } = await command({
      STUN_URLS: `stun:127.0.0.1:${coturn.port}`,
      TURN_URLS: `${coturn.url},${coturn.url}?transport=tcp`,
      TURN_SECRET: SECRET,
    });
    expect(output).toContain(`OK    stun:127.0.0.1:${coturn.port}\n      Answers, and sees this machine as 127.0.0.1.`);
    expect(output.match(/Relays: allocated an address on 127\.0\.0\.1/g)).toHaveLength(2);
    expect(output).not.toMatch(/WARN|FAIL/);
    expect(code).toBe(0);
  });

  test("says as JSON that the secret differs and ends with 1", async () => {
    const settings = { TURN_URLS: coturn.url, TURN_SECRET: "a-secret-of-another" };
    const { code, output } = await command(settings, "--json");
    const report = JSON.parse(output) as { ok: boolean; findings: Finding[] };
    expect(report.ok).toBe(false);
    const failures = report.findings.filter(({ level }) => level === "fail");
    expect(failures).toMatchObject([{ subject: coturn.url }]);
    expect(failures[0]?.sentence).toContain("its secret is not TURN_SECRET");
    expect(output).not.toContain("a-secret-of-another");
    expect(code).toBe(1);
  });
});

describe("doctor's sentences", () => {
  /** The one finding on the one TURN URL. Nothing answers on port 1, so that no server of this machine is met. */
  async function finding(
    turnUrl: string,
    options: Parameters<typeof runDoctor>[1] = {},
    config: Partial<DoctorConfig> = {},
  ): Promise<Finding> {
    const findings = await runDoctor(
      { stunUrls: [], turnUrls: [turnUrl], turnSecret: SECRET, turnTtlSeconds: TTL_SECONDS, ...config },
      { timeoutMs: 2_000, retransmitMs: 100, usualPorts: { plain: 1, secure: 1 }, ...options },
    );
    expect(findings).toHaveLength(1);
    return findings[0]!;
  }

  const expectFailure = async (found: Promise<Finding>, sentence: string | RegExp): Promise<Finding> => {
    const { level, sentence: said } = await found;
    expect(said).toMatch(sentence);
    expect(level).toBe("fail");
    return found;
  };

  test("a wrong port: names the port on which the server answers, and the URL to write", async () => {
    const wrong = coturn.port + 2;
    const found = await expectFailure(
      finding(`turn:127.0.0.1:${wrong}`, { usualPorts: { plain: coturn.port, secure: 1 } }),
      `Nothing listens on UDP port ${wrong} of 127.0.0.1, but a STUN or TURN server answers on UDP port ${coturn.port}`,
    );
    expect(found.advice).toContain(`write turn:127.0.0.1:${coturn.port}?transport=udp.`);
  });

  test("a wrong transport: names the one that answers on the same port", async () => {
    const tcpOnly = await startCoturn({ secret: SECRET, extraArgs: ["--no-udp"] });
    try {
      const found = await expectFailure(
        finding(tcpOnly.url, { timeoutMs: 500 }),
        `Nothing listens on UDP port ${tcpOnly.port} of 127.0.0.1, but a STUN or TURN server answers on TCP port`,
      );
      expect(found.advice).toContain(`write ${tcpOnly.url}?transport=tcp.`);
    } finally {
      await tcpOnly.stop();
    }
  });

  test.each(["udp", "tcp"])("nothing listening over %s", async (transport) => {
    await expectFailure(
      finding(`turn:127.0.0.1:${coturn.port + 2}?transport=${transport}`),
      new RegExp(`^Nothing listens on ${transport.toUpperCase()} port ${coturn.port + 2} of 127\\.0\\.0\\.1\\.$`),
    );
  });

  test("a name that does not resolve", async () => {
    await expectFailure(finding("turn:turn.invalid"), /^The name turn\.invalid does not resolve \(E\w+\)\.$/);
  });

  test("a server whose clock is two hours ahead", async () => {
    const ahead = await startCoturn({ secret: SECRET, faketime: "+2h" });
    try {
      await expectFailure(
        finding(ahead.url),
        "The TURN server shares our secret, but takes a credential just issued for expired: " +
          "its clock is ahead of this machine's by more than the 600 s of TURN_TTL_SECONDS.",
      );
    } finally {
      await ahead.stop();
    }
  });

  test("our clock two hours ahead of the server's", async () => {
    const clock = { ...systemClock, now: () => Date.now() + 2 * 3600 * 1000 };
    const findings = await runDoctor(
      { stunUrls: [], turnUrls: [coturn.url], turnSecret: SECRET, turnTtlSeconds: TTL_SECONDS },
      { clock },
    );
    expect(findings).toMatchObject([
      { level: "ok" },
      { level: "warn", sentence: expect.stringContaining("its clock is behind this machine's") },
    ]);
  });

  test("a certificate that nobody signed, one for another name, and one that is trusted", async () => {
    const turns = `turns:127.0.0.1:${coturn.port}`;
    await expectFailure(finding(turns), `The certificate on TLS port ${coturn.port} of 127.0.0.1 is self-signed`);

    const trusted = [coturn.certificate];
    await expectFailure(
      finding(`turns:turn.test.invalid:${coturn.port}`, { trusted, resolve: () => Promise.resolve(["127.0.0.1"]) }),
      "is for another name than turn.test.invalid",
    );
    expect(await finding(turns, { trusted })).toMatchObject({ level: "ok" });
  });

  test("a certificate that has expired", async () => {
    // Made by a server that lives a month ago, valid for two days.
    const old = await startCoturn({ secret: SECRET, tlsName: "127.0.0.1", faketime: "-30d" });
    try {
      const turns = `turns:127.0.0.1:${old.port}`;
      await expectFailure(finding(turns, { trusted: [old.certificate] }), "has expired");
    } finally {
      await old.stop();
    }
  });

  test("a STUN server that does not relay", async () => {
    const stunOnly = await startCoturn({ secret: SECRET, extraArgs: ["--stun-only"] });
    try {
      await expectFailure(
        finding(stunOnly.url, { timeoutMs: 500 }),
        `A STUN server answers on UDP port ${stunOnly.port} of 127.0.0.1, but it does not relay.`,
      );
    } finally {
      await stunOnly.stop();
    }
  });

  test("a relay that lets everybody in", async () => {
    const open = await startCoturn({ secret: null });
    try {
      expect(await finding(open.url)).toMatchObject({
        level: "warn",
        sentence: "Relays on 127.0.0.1, but for everybody: the server asked for no credential.",
      });
    } finally {
      await open.stop();
    }
  });

  test("a server that is no TURN server", async () => {
    const url = `turn:127.0.0.1:${server.port}?transport=tcp`;
    await expectFailure(
      finding(url, { timeoutMs: 500 }),
      new RegExp(
        `TCP port ${server.port} of 127\\.0\\.0\\.1, but it is no STUN or TURN server|hangs up without an answer`,
      ),
    );

    const mail = createServer((socket) => socket.on("error", () => {}).write("220 mail.example.org ready\r\n"));
    await new Promise<void>((listening) => mail.listen(0, "127.0.0.1", listening));
    const { port } = mail.address() as { port: number };
    await expectFailure(
      finding(`turn:127.0.0.1:${port}?transport=tcp`, { timeoutMs: 500 }),
      `Something answers on TCP port ${port} of 127.0.0.1, but it is no STUN or TURN server`,
    );
    await expectFailure(finding(`turns:127.0.0.1:${port}`, { timeoutMs: 500 }), "speaks no TLS");
    mail.close();
  });
});

test("a program is given another time, also while process ids come round of programs that were killed in one", async () => {
  const latest = Number(readFileSync("/proc/loadavg", "utf8").trim().split(" ").at(-1));
  const names = Array.from({ length: 200 }, (_, index) => [
    `/dev/shm/sem.faketime_sem_${latest + 1 + index}`,
    `/dev/shm/faketime_shm_${latest + 1 + index}`,
  ]).flat();
  // Those of processes that live stay as they are.
  const left = names.filter((path) => !existsSync(path));
  try {
    for (const path of left) writeFileSync(path, Buffer.alloc(32), { flag: "a" });
    const { code, output } = await run(["date", "+%s"], fakedTime("+2h"));
    expect(code).toBe(0);
    expect(Number(output.match(/^\d+$/m)) - Date.now() / 1000).toBeWithin(7_190, 7_210);
  } finally {
    for (const path of left.toReversed()) rmSync(path, { force: true });
  }
});
