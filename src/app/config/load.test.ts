import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, contradictions, loadConfig } from "./load.ts";

describe("settings", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rendezvous-config-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const load = (env: Record<string, string> = {}, flags: Record<string, string> = {}, file?: string) =>
    loadConfig({ env, flags, folder, ...(file === undefined ? {} : { file }) });
  const problems = async (...args: Parameters<typeof load>): Promise<readonly string[]> => {
    try {
      await load(...args);
    } catch (error) {
      return (error as ConfigError).problems;
    }
    throw new Error("the settings were taken");
  };

  test("nothing set gives the documented defaults", async () => {
    const { config, origin } = await load();
    expect(config).toMatchObject({
      HOST: "127.0.0.1",
      PORT: 8080,
      DATA_DIR: "./data",
      DEFAULT_REGION: "local",
      HOST_LEASE_SECONDS: 30,
      ALLOCATION_SECONDS: 30,
      TURN_TTL_SECONDS: 3600,
      MAX_DELAY_MS: 50,
      DRAIN_SECONDS: 10,
      ROOM_CAPACITY: 2,
      RESUME_SECONDS: 30,
      MAX_MESSAGE_BYTES: 65536,
      REDIS_URL: null,
      PUBLIC_URL: null,
      TURN_URLS: [],
    });
    expect(config.FACES).toEqual(["host-pool", "coordinator", "devices", "arena", "rooms", "video-chat"]);
    expect(origin.get("PORT")).toBe("default");
  });

  test("a flag wins over the environment, that over .env, that over the config file", async () => {
    write(".env", "PORT=3\nHOST=three\nLOG_LEVEL=error\n");
    write(
      "rendezvous.config.json",
      JSON.stringify({ PORT: 4, HOST: "four", logLevel: "fatal", defaultRegion: "four" }),
    );
    const { config, origin } = await load({ PORT: "2", HOST: "two" }, { PORT: "1" });
    expect(config).toMatchObject({ PORT: 1, HOST: "two", LOG_LEVEL: "error", DEFAULT_REGION: "four" });
    expect(["PORT", "HOST", "LOG_LEVEL", "DEFAULT_REGION"].map((name) => origin.get(name as "PORT"))).toEqual([
      "flag",
      "environment",
      ".env",
      "rendezvous.config.json",
    ]);
  });

  test("the config file may be TypeScript, TOML or YAML, with names in any case and lists as lists", async () => {
    write("rendezvous.config.ts", `export default { stunUrls: ["stun:a", "stun:b"], ROOM_CAPACITY: 4 };`);
    expect((await load()).config).toMatchObject({ STUN_URLS: ["stun:a", "stun:b"], ROOM_CAPACITY: 4 });
    const toml = write("other.toml", `port = 81\n`);
    expect((await load({}, {}, toml)).config.PORT).toBe(81);
    const yaml = write("other.yaml", `host-lease-seconds: 82\n`);
    expect((await load({}, {}, yaml)).config.HOST_LEASE_SECONDS).toBe(82);
  });

  test("an empty value counts as unset", async () => {
    expect((await load({ PORT: "", REDIS_URL: " " })).config).toMatchObject({ PORT: 8080, REDIS_URL: null });
  });

  test("a secret may come from a file, but not from both", async () => {
    const path = write("secret", "north\n");
    expect((await load({ TURN_SECRET_FILE: path })).config.TURN_SECRET).toBe("north");
    expect(await problems({ TURN_SECRET_FILE: path, TURN_SECRET: "x" })).toEqual([expect.stringContaining("both set")]);
    expect(await problems({ TURN_SECRET_FILE: `${path}-not` })).toEqual([expect.stringContaining("cannot be read")]);
  });

  test("every bad value is named with what it must be, all of them at once", async () => {
    const found = await problems({
      PORT: "eighty",
      LOG_LEVEL: "loud",
      PUBLIC_URL: "play.example.org",
      FACES: "rooms,cellar",
      REDIS_URL: "localhost:6379",
      TURN_TTL_SECONDS: "-1",
    });
    expect(found.length).toBe(6);
    for (const name of ["PORT", "LOG_LEVEL", "PUBLIC_URL", "FACES", "REDIS_URL", "TURN_TTL_SECONDS"]) {
      expect(found.some((problem) => problem.startsWith(`${name} must be`))).toBe(true);
    }
    expect(found.join()).toContain('not "eighty"');
  });

  test("a bad secret is not repeated", async () => {
    expect((await problems({ REDIS_URL: "pa55word" })).join()).not.toContain("pa55word");
  });

  test("an ADMIN_TOKEN that no header could carry is refused, and not repeated", async () => {
    for (const token of ["with a space in canary", "canary-\u00fcber-the-wire", "canary\nand-a-line"]) {
      const found = await problems({ ADMIN_TOKEN: token });
      expect(found).toEqual([expect.stringMatching(/^ADMIN_TOKEN must be letters, digits and signs of ASCII/)]);
      expect(found.join()).not.toContain("canary");
    }
    expect((await load({ ADMIN_TOKEN: "sixteen.bytes+~/=" })).config.ADMIN_TOKEN).toBe("sixteen.bytes+~/=");
  });

  test("REDIS_URL takes several servers of a cluster, each of which must be one", async () => {
    const list = "redis://a:1,redis://:x,y@b:2";
    const { config } = await load({ REDIS_URL: "redis://a:1 , redis://:x,y@b:2", FACES: "host-pool" });
    expect(config.REDIS_URL).toBe(list);
    expect(await problems({ REDIS_URL: "redis://a:1,b:2" })).toEqual([expect.stringContaining("redis://host:6379")]);
    expect(await problems({ REDIS_URL: "redis://a,rediss://b" })).toEqual([expect.stringContaining("all rediss:")]);
  });

  test("an unknown name is an error with the nearest one", async () => {
    write(".env", "TURN_SECRTE=x\n");
    expect(await problems()).toEqual([expect.stringMatching(/TURN_SECRTE \(\.env\).*TURN_SECRET\?/)]);
    write(".env", "");
    write("rendezvous.config.json", JSON.stringify({ colour: "red" }));
    expect(await problems()).toEqual([expect.stringContaining("COLOUR (rendezvous.config.json)")]);
  });

  test("in the environment only what looks like a slip is an error, and only if the right one is not set", async () => {
    await load({ PATH: "/bin", HOME: "/", HOSTNAME: "x", POST: "y", COLOUR: "red" });
    expect(await problems({ HOST_LEASE_SECOND: "5" })).toEqual([expect.stringContaining("HOST_LEASE_SECONDS?")]);
    await load({ DATABASE_URI: "x", DATABASE_URL: "postgres://localhost/x" });
  });

  test("a broken, missing or doubled config file is an error", async () => {
    const broken = write("broken.json", "{");
    expect(await problems({}, {}, broken)).toEqual([expect.stringContaining("cannot be read")]);
    expect(await problems({}, {}, "missing.json")).toEqual([expect.stringContaining("not there")]);
    write("rendezvous.config.json", "{}");
    write("rendezvous.config.toml", "");
    expect(await problems()).toEqual([expect.stringContaining("more than one")]);
  });

  test("TURN servers without a secret are refused, and so are URLs of the wrong kind", async () => {
    expect(await problems({ TURN_URLS: "turn:a:3478" })).toEqual([expect.stringContaining("TURN_SECRET")]);
    expect(await problems({ TURN_URLS: "stun:a", TURN_SECRET: "x" })).toEqual([expect.stringContaining("TURN_URLS")]);
    expect(await problems({ STUN_URLS: "https://a" })).toEqual([expect.stringContaining("STUN_URLS")]);
  });

  test("peers that may meet over TURN alone need TURN servers", async () => {
    expect(await problems({ ICE_POLICY: "relay" })).toEqual([expect.stringContaining("without TURN_URLS")]);
    const turn = { TURN_URLS: "turn:turn.example.org", TURN_SECRET: "north" };
    expect((await load({ ICE_POLICY: "relay", ...turn })).config.ICE_POLICY).toBe("relay");
  });

  test("budgets that cannot be read are refused, and the complaint says why", async () => {
    expect(await problems({ BUDGETS: "login=off" })).toEqual([
      expect.stringMatching(
        /^BUDGETS must be budgets such as .*: login guards passwords and cannot be off, not "login=off"/,
      ),
    ]);
  });

  test("Redis without PostgreSQL is refused as soon as a face keeps records", async () => {
    const { config } = await load({ REDIS_URL: "redis://localhost", FACES: "host-pool,rooms" });
    expect(contradictions(config, new Set())).toEqual([]);
    expect(contradictions(config, new Set(["rooms"]))).toEqual([expect.stringContaining("DATABASE_URL")]);
    const both = await load({ REDIS_URL: "redis://localhost", DATABASE_URL: "postgres://localhost/x" });
    expect(contradictions(both.config, new Set(["rooms"]))).toEqual([]);
  });
});
