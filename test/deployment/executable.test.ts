import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../src/app/version.ts";
import { buildExecutable, lockedDown, openFolder, type Executable } from "../support/executable.ts";
import { freePort } from "../support/free-port.ts";
import { call, post } from "../support/http.ts";
import { collectOutput } from "../support/output.ts";

/** How long building may take, in ms. */
const PATIENT_MS = 60_000;

let executable: Executable;
let folder: string;
beforeAll(async () => void (executable = await buildExecutable()), PATIENT_MS);
afterAll(() => executable.remove());

/** An empty folder, the only one that can be written to, and an empty environment. */
function begin(args: readonly string[]) {
  return Bun.spawn([...lockedDown(folder), "env", "-i", executable.path, ...args], {
    cwd: folder,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function run(...args: readonly string[]) {
  const child = begin(args);
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, out: out.trim(), err };
}

describe("the executable, alone in an empty folder", () => {
  beforeAll(() => void (folder = openFolder("empty")));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("says its version, what it would serve, and how it is called", async () => {
    expect(await run("--version")).toEqual({ code: 0, out: version, err: "" });
    const checked = await run("check-config", "--json", "--port", "8123");
    expect(JSON.parse(checked.out)).toMatchObject({ ok: true });
    expect((await run("--help")).out).toContain("check-config");
    expect(await run("serve", "--prot", "1")).toMatchObject({ code: 2, err: expect.stringContaining("--prot") });
  });

  test("has a doctor", async () => {
    expect(JSON.parse((await run("doctor", "--json")).out)).toHaveProperty("findings");
  });

  test("writes nothing but records", () => {
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("the executable, serving", () => {
  let port: number;
  let url: string;
  let child: ReturnType<typeof begin>;
  const start = async (): Promise<void> => {
    child = begin(["serve", "--port", `${port}`]);
    await collectOutput(child, "is listening on");
  };
  const stop = (): Promise<number> => {
    child.kill("SIGTERM");
    return child.exited;
  };
  beforeAll(async () => {
    folder = openFolder("empty");
    port = await freePort();
    url = `http://127.0.0.1:${port}`;
    await start();
  });
  afterAll(async () => {
    expect(await stop()).toBe(0);
    rmSync(folder, { recursive: true, force: true });
  });

  /** All that pages and documents lead to on this server, found by following every link. */
  test("shows every page, demo, document, picture and script", async () => {
    const seen = new Set([
      "/",
      "/demo",
      "/docs",
      "/watch",
      "/watch/some-match",
      "/docs/api",
      "/asyncapi.json",
      "/favicon.ico",
    ]);
    const broken: string[] = [];
    for (const path of seen) {
      const response = await fetch(url + path);
      const text = await response.text();
      if (response.status !== 200 || text === "") broken.push(`${response.status} ${path}`);
      if (!response.headers.get("content-type")?.startsWith("text/html")) continue;
      for (const [, to] of text.matchAll(/(?:href|src)="(\/[^"#]*)/g)) if (!to!.startsWith("/api")) seen.add(to!);
    }
    expect(broken).toEqual([]);
    for (const path of ["/demo/play", "/demo/video-chat", "/docs/several-nodes", "/docs/notices", "/docs/watch.png"]) {
      expect(seen).toContain(path);
    }
    expect([...seen].filter((path) => path.startsWith("/assets/")).length).toBeGreaterThan(5);
  });

  test("gives hosts away", async () => {
    const beat = await post(`${url}/api/host/heartbeat`, { hostId: "h", roomId: "r", region: "eu" });
    expect(beat).toMatchObject({ status: 200, body: { success: true } });
    const found = await post(`${url}/api/match/find`, { region: "eu" });
    expect(found).toMatchObject({ status: 200, body: { found: true, roomId: "r" } });
  });

  test("takes paths as long as the server does that npm starts", async () => {
    const { status } = await call("GET", `${url}/agents/${"a".repeat(30_000)}`);
    expect(status).toBeLessThan(431);
  });

  test("keeps its records in DATA_DIR and nothing elsewhere, and has them when it starts again", async () => {
    const person = { email: "somebody@example.com", password: "correct horse battery" };
    expect((await post(`${url}/api/auth/signup`, person)).status).toBe(201);
    const { body: joined } = await post(`${url}/queue/join`, { connect_code: "CODE#1" });
    expect(await stop()).toBe(0);
    expect(readdirSync(folder)).toEqual(["data"]);
    expect(existsSync(join(folder, "data/rendezvous.db"))).toBe(true);
    await start();
    expect((await post(`${url}/api/auth/login`, person)).status).toBe(200);
    expect((await call("GET", `${url}/queue/${joined.queue_id}`)).status).toBe(200);
  });

  test("knows whether it is healthy", async () => {
    expect(await run("healthcheck", "--port", `${port}`)).toMatchObject({ code: 0 });
    const nobody = await run("healthcheck", "--json", "--port", `${await freePort()}`);
    expect({ ...JSON.parse(nobody.out), code: nobody.code }).toMatchObject({ ok: false, code: 1 });
  });
});
