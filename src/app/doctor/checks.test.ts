import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { knownMigrations, migrate } from "../../adapters/sql/migrate.ts";
import { openSqlite } from "../../adapters/sql/sqlite/store.ts";
import { writeNodeValue } from "../../core/cluster/node-value.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/settings.ts";
import { checkOwnClock, judgeClock, judgeLatency } from "./check-clocks.ts";
import { judgeNodes } from "./check-redis.ts";
import { checkLimits } from "./check-limits.ts";
import { judgeSchema } from "./check-schema.ts";
import { checkDoor, checkVersions } from "./check-settings.ts";
import { checkSqlite } from "./check-sqlite.ts";
import { checkChain, checkKeys, checkPublicUrl } from "./check-web.ts";

const folder = mkdtempSync(join(tmpdir(), "rendezvous-doctor-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const configOf = async (env: Readonly<Record<string, string>> = {}): Promise<Config> =>
  (await loadConfig({ flags: {}, env, folder })).config;
const levels = (findings: readonly { readonly level: string }[]): readonly string[] =>
  findings.map(({ level }) => level);

describe("clocks", () => {
  test("agree, differ, or differ by so much that tokens fail", () => {
    expect(judgeClock("x", "Redis", -900)).toMatchObject({ level: "ok" });
    expect(judgeClock("x", "Redis", 5_000)).toMatchObject({
      level: "warn",
      sentence: expect.stringContaining("5 s ahead"),
    });
    expect(judgeClock("x", "Redis", -60_000)).toMatchObject({
      level: "fail",
      sentence: expect.stringContaining("60 s behind"),
    });
  });

  test("of this machine are judged where the system tells", () => {
    expect(checkOwnClock(join(folder, "nowhere"))).toEqual([]);
    expect(levels(checkOwnClock(folder))).toEqual(["warn"]);
    writeFileSync(join(folder, "synchronized"), "");
    expect(levels(checkOwnClock(folder))).toEqual(["ok"]);
  });

  test("a store far away is told", () => {
    expect(judgeLatency("x", 0.42, 10)).toMatchObject({ level: "ok", sentence: "Answers within 0.4 ms." });
    expect(judgeLatency("x", 42.4, 10)).toMatchObject({
      level: "warn",
      sentence: "Answers within 42 ms, which is slow.",
    });
  });
});

describe("limits", () => {
  const system: Readonly<Record<string, string>> = {
    "/proc/sys/net/core/somaxconn": "128\n",
    "/proc/sys/net/ipv4/ip_local_port_range": "60000\t60999\n",
  };
  const read = (path: string): string | null => system[path] ?? null;

  test("are those of a machine alone if nobody else comes", async () => {
    expect(levels(checkLimits(await configOf(), { descriptors: 1_024, read }))).toEqual(["ok"]);
  });

  test("are warned about where others come", async () => {
    const config = await configOf({ HOST: "0.0.0.0" });
    expect(levels(checkLimits(config, { descriptors: 1_024, read }))).toEqual(["warn", "warn", "warn"]);
    expect(levels(checkLimits(config, { descriptors: 65_536, read: () => null }))).toEqual(["ok"]);
  });

  test("below MAX_SOCKETS are wrong", async () => {
    const [finding] = checkLimits(await configOf({ MAX_SOCKETS: "100000" }), { descriptors: 1_024, read });
    expect(finding).toMatchObject({ level: "fail", advice: expect.stringContaining("ulimit -n 1100") });
  });
});

describe("settings", () => {
  test("another runtime than the tested one is told", () => {
    expect(checkVersions()).toMatchObject([{ level: "ok" }]);
    expect(checkVersions("0.5.0")).toMatchObject([{ level: "warn", advice: expect.stringContaining("npm ci") }]);
  });

  test("a door that is open to the network is told", async () => {
    expect(checkDoor(await configOf())).toEqual([]);
    expect(levels(checkDoor(await configOf({ HOST: "::" })))).toEqual(["warn"]);
  });
});

describe("the folder of the records", () => {
  test("is fine before there is anything in it, and is not made", async () => {
    const path = join(folder, "not", "yet");
    expect(levels(await checkSqlite(path))).toEqual(["ok", "ok"]);
    expect(await Bun.file(path).exists()).toBe(false);
  });

  test("must not lie on a network, nor on a full disk", async () => {
    const statfs = (type: number, megabytes: number) => ({
      statfs: () => ({ type, bavail: megabytes, bsize: 1024 * 1024 }),
    });
    expect((await checkSqlite(folder, statfs(0x6969, 9_999)))[0]).toMatchObject({
      level: "fail",
      sentence: expect.stringContaining("NFS"),
    });
    expect((await checkSqlite(folder, statfs(0xef53, 500)))[0]).toMatchObject({ level: "warn" });
    expect((await checkSqlite(folder, statfs(0xef53, 5)))[0]).toMatchObject({ level: "fail" });
  });

  test("must be a folder that can be written", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    expect(await checkSqlite(join(path, "data"))).toMatchObject([
      { level: "fail", sentence: expect.stringContaining("written") },
    ]);
  });

  test("is told with the state of its schema, and if its file is none", async () => {
    const path = join(folder, "records");
    const store = openSqlite({ folder: path });
    await migrate(store, 0);
    await store.close();
    expect((await checkSqlite(path)).at(-1)).toMatchObject({
      level: "ok",
      sentence: expect.stringContaining("up to date"),
    });
    writeFileSync(
      join(path, "rendezvous.db"),
      "this is no database, but long enough to be looked at as if it were one\n".repeat(99),
    );
    expect((await checkSqlite(path)).at(-1)).toMatchObject({
      level: "fail",
      sentence: expect.stringContaining("not a database"),
    });
  });

  test("a schema that lacks something is brought up to date by a start", () => {
    const states = knownMigrations.map((one, at) => ({ ...one, appliedAt: at === 0 ? 1 : null }));
    expect(judgeSchema("x", states)).toMatchObject({ level: "warn", sentence: expect.stringContaining("lacks 2 (") });
    expect(judgeSchema("x", knownMigrations)).toMatchObject({ level: "ok" });
  });
});

test("nodes of another version are told of, and how many are of which", () => {
  const node = (id: string, version?: string) => ({ id, value: writeNodeValue(["arena"], version) });
  expect(judgeNodes([], "2.0.0").sentence).toBe("No node lives on it.");
  expect(judgeNodes([node("a", "2.0.0"), node("b", "2.0.0")], "2.0.0")).toMatchObject({ level: "ok" });
  const mixed = judgeNodes([node("a", "2.0.0"), node("b", "1.9.0"), node("c", "1.9.0"), node("d")], "2.0.0");
  expect(mixed).toMatchObject({
    level: "warn",
    sentence: "4 nodes live on it: 1 of 2.0.0, 2 of 1.9.0, 1 of an unknown version; this program is 2.0.0.",
  });
  expect(judgeNodes([node("a", "1.9.0")], "2.0.0")).toMatchObject({ level: "warn" });
});

describe("what is asked over HTTP", () => {
  const servers: { stop(force: true): unknown }[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.stop(true);
  });
  const serve = (answer: (request: Request) => Response | Promise<Response>): string => {
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
    servers.push(server);
    return server.url.href;
  };
  const nowhere = (): string => {
    const url = serve(() => new Response());
    servers.pop()?.stop(true);
    return url;
  };

  test("PUBLIC_URL leads to a Rendezvous, to something else, or nowhere", async () => {
    const check = async (url: string, instances: readonly string[] = []) =>
      (await checkPublicUrl(await configOf({ PUBLIC_URL: url }), instances))[0];
    const asked: string[] = [];
    const live = serve((request) => {
      asked.push(new URL(request.url).pathname);
      return Response.json({ status: "live", instance: "a" });
    });
    expect(await check(live)).toMatchObject({
      level: "ok",
      sentence: expect.stringContaining("whether it is this one"),
    });
    expect(asked).toEqual(["/livez"]);
    expect(await check(live, ["b", "a"])).toMatchObject({
      level: "ok",
      sentence: expect.stringMatching(/^This server/),
    });
    expect(await check(live, ["b"])).toMatchObject({ level: "fail", sentence: expect.stringMatching(/^Another Rend/) });
    expect(await check(serve(() => new Response("It works!")))).toMatchObject({ level: "fail" });
    expect(await check(serve(() => Response.redirect("/login")))).toMatchObject({ level: "fail" });
    expect(await check(nowhere())).toMatchObject({
      level: "warn",
      sentence: expect.stringContaining("Nothing answers"),
    });
  });

  test("the issuer publishes keys, or does not", async () => {
    const check = async (url: string) => (await checkKeys(await configOf({ JWT_JWKS_URL: url })))[0];
    expect(await check(serve(() => Response.json({ keys: [] })))).toMatchObject({ level: "ok" });
    expect(await check(serve(() => new Response("", { status: 404 })))).toMatchObject({
      level: "fail",
      sentence: expect.stringContaining("404"),
    });
    expect(await check(serve(() => Response.json({})))).toMatchObject({ level: "fail" });
    expect(await check(nowhere())).toMatchObject({ level: "fail" });
  });

  test("the chain is the one that is meant, and has the contracts", async () => {
    const endpoint = (chain: string, code: string): string =>
      serve(async (request) => {
        const { id, method } = (await request.json()) as { id: number; method: string };
        return Response.json({ jsonrpc: "2.0", id, result: method === "eth_chainId" ? chain : code });
      });
    const WAGER_CONTRACT = "0x8004B663056A597Dffe9eCcC1965A193B7388713";
    const check = async (url: string) => checkChain(await configOf({ WAGER_CONTRACT, MONAD_RPC_URL: url }));
    expect(levels(await check(endpoint("0x279f", "0x60")))).toEqual(["ok", "ok"]);
    expect(await check(endpoint("0x1", "0x60"))).toMatchObject([
      { level: "fail", sentence: expect.stringContaining("of chain 1,") },
    ]);
    expect((await check(endpoint("0x279f", "0x"))).at(-1)).toMatchObject({ level: "fail", subject: "WAGER_CONTRACT" });
    expect(await check(nowhere())).toMatchObject([
      { level: "fail", sentence: expect.stringContaining("cannot be reached") },
    ]);
    expect(await checkChain(await configOf())).toEqual([]);
  });
});
