import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import { loadConfig } from "../../src/app/config/load.ts";
import { checkPostgres } from "../../src/app/doctor/check-postgres.ts";
import { checkRedis } from "../../src/app/doctor/check-redis.ts";
import { checkTls } from "../../src/app/doctor/check-tls.ts";
import { migrate } from "../../src/adapters/sql/migrate.ts";
import { openPostgres } from "../../src/adapters/sql/postgres/store.ts";
import { certificateFolder } from "../support/certificates.ts";
import { rendezvous } from "../support/cli.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { freePort } from "../support/free-port.ts";
import { startServer } from "../support/server.ts";
import { version } from "../../src/app/version.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";

let redis: RunningRedis;
let postgres: RunningPostgres;
beforeAll(async () => {
  [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
});
afterAll(async () => {
  await redis?.stop();
  await postgres?.stop();
});

interface Told {
  readonly level: string;
  readonly sentence: string;
}

/** The sentences that are no praise, each with its level. */
const troubles = (findings: readonly Told[]): readonly string[] =>
  findings.filter(({ level }) => level !== "ok").map(({ level, sentence }) => `${level}: ${sentence}`);

describe("doctor looks at Redis", () => {
  const asked = async (url = redis.url) => troubles((await checkRedis(url)).findings);
  const configured = async (settings: Readonly<Record<string, string>>, look: () => Promise<void>): Promise<void> => {
    const client = new Redis(redis.url);
    const before: string[] = [];
    try {
      for (const [name, value] of Object.entries(settings)) {
        before.push(...(await client.config("GET", name)));
        await client.config("SET", name, value);
      }
      await look();
    } finally {
      for (let at = 0; at < before.length; at += 2) await client.config("SET", before[at]!, before[at + 1]!);
      client.disconnect();
    }
  };

  test("and finds nothing wrong with a fresh one, and leaves nothing there", async () => {
    expect(await asked()).toEqual([]);
    const client = new Redis(redis.url);
    expect(await client.keys("*")).toEqual([]);
    client.disconnect();
  });

  test("that throws keys away", async () => {
    await configured({ maxmemory: "100mb", "maxmemory-policy": "allkeys-lru" }, async () => {
      expect(await asked()).toEqual([expect.stringMatching(/^fail: .*throws keys away.*allkeys-lru/)]);
    });
    await configured({ maxmemory: "1mb" }, async () => {
      expect(await asked()).toEqual([expect.stringMatching(/^warn: .* % of its maxmemory/)]);
    });
  });

  test("that lets its user do too little, or not in", async () => {
    const client = new Redis(redis.url);
    try {
      await client.acl(
        "SETUSER",
        "few",
        "on",
        ">half-open-door",
        "~rendezvous:*",
        "&rendezvous:*",
        "+@all",
        "-eval",
        "-info",
      );
      const place = `127.0.0.1:${redis.port}`;
      const found = await asked(`redis://few:half-open-door@${place}`);
      expect(found).toEqual([
        expect.stringMatching(/^warn: .*does not say what it is/),
        "fail: The user may not write keys such as host:*, nor write keys such as socket:*, nor run scripts (EVAL), " +
          "nor hear the channel socket:*.",
      ]);
      const refused = await asked(`redis://few:wrong-canary@${place}`);
      expect(refused).toEqual([expect.stringMatching(/^fail: Redis cannot be used: WRONGPASS/)]);
      expect(refused.join()).not.toContain("canary");
    } finally {
      client.disconnect();
    }
  });

  test("that is a replica", async () => {
    const replica = await startRedis(undefined, [
      "--replicaof",
      "127.0.0.1",
      `${redis.port}`,
      "--replica-read-only",
      "no",
    ]);
    try {
      expect(await asked(replica.url)).toEqual([expect.stringMatching(/^fail: .*is a replica/)]);
    } finally {
      await replica.stop();
    }
  });
});

describe("doctor looks at PostgreSQL", () => {
  const asked = async (url: string, nodes = 1) =>
    // The tests' own server need not survive a power cut.
    troubles(await checkPostgres(url, nodes)).filter((one) => !one.includes("fsync"));
  const run = async (url: string, ...statements: readonly string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  const nameOf = (url: string): string => new URL(url).pathname.slice(1);

  test("and finds nothing wrong, before and behind the migrations", async () => {
    const url = await postgres.createDatabase();
    expect(await asked(url)).toEqual([]);
    const store = openPostgres({ url });
    await migrate(store, 0);
    expect(await asked(url)).toEqual([]);
    await store.transact((db) => db.deleteFrom("migrations").where("number", ">", 7).execute());
    expect(await asked(url)).toEqual([expect.stringMatching(/^warn: The schema lacks 8 /)]);
    await store.transact((db) =>
      db.insertInto("migrations").values({ number: 999, name: "x", applied_at: 0 }).execute(),
    );
    expect(await asked(url)).toEqual([expect.stringMatching(/^fail: The database has migration 999/)]);
    await store.close();
  });

  test("that its user may not write to", async () => {
    const url = await postgres.createDatabase();
    const store = openPostgres({ url });
    await migrate(store, 0);
    await store.close();
    await run(url, "CREATE ROLE guest LOGIN", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest");
    const guest = url.replace("postgres@", "guest@");
    expect(await asked(guest)).toEqual([
      expect.stringMatching(/^fail: The user may not read and write accounts, agents, /),
    ]);
    await run(url, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guest");
    expect(await asked(guest)).toEqual([expect.stringMatching(/^fail: The user may not make tables in public/)]);
    expect(await asked(guest.replace("guest", "nobody"))).toEqual([expect.stringMatching(/"nobody" does not exist/)]);
  });

  test("that takes no writes, speaks another encoding, or has too few connections", async () => {
    const url = await postgres.createDatabase();
    await run(url, `ALTER DATABASE ${nameOf(url)} SET default_transaction_read_only = on`);
    expect(await asked(url)).toEqual([expect.stringMatching(/^fail: The server is read-only/)]);
    const latin = url.replace(nameOf(url), "latin");
    await run(postgres.url, "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
    expect(await asked(latin, 3)).toEqual([expect.stringMatching(/^fail: The database is encoded as LATIN1/)]);
    expect(await asked(postgres.url, 40)).toEqual([
      expect.stringMatching(/^warn: max_connections is 200.*40 nodes take up to 400/),
    ]);
  });
});

describe("doctor looks at the certificate", () => {
  const certificates = certificateFolder();
  afterAll(() => certificates.remove());
  const DAY_MS = 24 * 3_600_000;

  test("its dates, its key and its name", async () => {
    const [own, other] = [certificates.make("own"), certificates.make("other")];
    const asked = async (key: string, url: string, days: number): Promise<readonly string[]> => {
      const env = { TLS_CERT: own.cert, TLS_KEY: key, PUBLIC_URL: url };
      const { config } = await loadConfig({ flags: {}, env, folder: import.meta.dir });
      return troubles(checkTls(config, Date.now() + days * DAY_MS));
    };
    expect(await asked(own.key, "https://localhost", 0)).toEqual([]);
    expect(await asked(own.key, "https://127.0.0.1", 20)).toEqual([expect.stringMatching(/^warn: .* in 9 days/)]);
    expect(await asked(own.key, "https://localhost", 40)).toEqual([
      expect.stringMatching(/^fail: The certificate ended/),
    ]);
    expect(await asked(own.key, "https://localhost", -2)).toEqual([expect.stringMatching(/^fail: .* has not come/)]);
    expect(await asked(own.key, "https://play.example.org", 0)).toEqual([
      expect.stringMatching(/^fail: .*not made out to play\.example\.org/),
    ]);
    expect(await asked(other.key, "https://localhost", 0)).toEqual([expect.stringMatching(/is not the key/)]);
  });
});

describe("rendezvous doctor", () => {
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-doctor-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("ends with 0 on warnings, and looks at all that is configured", async () => {
    const settings = { REDIS_URL: redis.url, DATABASE_URL: await postgres.createDatabase() };
    const { code, stdout, stderr } = await rendezvous(["doctor", "--json"], settings);
    const { ok, findings } = JSON.parse(stdout) as {
      ok: boolean;
      findings: { subject: string; advice: string | null }[];
    };
    expect([code, ok, stderr]).toEqual([0, true, ""]);
    const subjects = findings.map(({ subject }) => subject);
    for (const subject of ["versions", "open files", "REDIS_URL", "DATABASE_URL"]) expect(subjects).toContain(subject);
  });

  test("ends with 1 when something will not work, each finding with what to do, in colours where they are wanted", async () => {
    const settings = {
      REDIS_URL: "redis://:hidden-canary@127.0.0.1:1",
      DATABASE_URL: "postgres://u:hidden-canary@127.0.0.1:1/x",
    };
    const plain = await rendezvous(["doctor"], settings);
    expect(plain.code).toBe(1);
    expect(plain.stdout).toContain(
      "FAIL  REDIS_URL\n      Redis cannot be used: connect ECONNREFUSED 127.0.0.1:1.\n      See that",
    );
    expect(plain.stdout + plain.stderr).not.toContain("canary");
    expect((await rendezvous(["doctor"], { ...settings, FORCE_COLOR: "1" })).stdout).toContain(
      "\u001B[31mFAIL\u001B[39m",
    );
  });

  test("tells this server from another one at PUBLIC_URL, and nodes of another version", async () => {
    const shared = { REDIS_URL: redis.url, FACES: "rooms" };
    const [own, other] = await Promise.all([startServer(shared), startServer({ FACES: "rooms" })]);
    const client = new Redis(redis.url);
    const told = async (settings: Readonly<Record<string, string>>) => {
      const { stdout } = await rendezvous(["doctor", "--json"], { FACES: "rooms", ...settings });
      const { findings } = JSON.parse(stdout) as { findings: readonly (Told & { readonly subject: string })[] };
      return (subject: string) =>
        findings.filter((one) => one.subject === subject).map(({ level, sentence }) => `${level}: ${sentence}`);
    };
    try {
      const here = { PORT: `${other.port}` };
      expect((await told({ ...here, PUBLIC_URL: other.url }))("PUBLIC_URL")).toEqual([
        `ok: This server answers at ${other.url}.`,
      ]);
      expect((await told({ ...here, PUBLIC_URL: own.url }))("PUBLIC_URL")).toEqual([
        expect.stringMatching(/^fail: Another Rendezvous answers at/),
      ]);
      // Through a load balancer any node of the same Redis will do.
      const cluster = await told({ REDIS_URL: redis.url, PORT: `${await freePort()}`, PUBLIC_URL: own.url });
      expect(cluster("PUBLIC_URL")).toEqual([`ok: This server answers at ${own.url}.`]);
      expect(cluster("REDIS_URL")).toContainEqual(`ok: 1 node lives on it, of version ${version} as this program.`);
      const calls = "rendezvous:{nodes}";
      await client.zadd(`${calls}:leases`, Date.now() + 60_000, "older");
      await client.hset(`${calls}:values`, "older", JSON.stringify({ faces: ["rooms"], version: "0.0.9" }));
      expect((await told({ REDIS_URL: redis.url }))("REDIS_URL")).toContainEqual(
        expect.stringMatching(/^warn: 2 nodes live on it: .*1 of 0\.0\.9/),
      );
    } finally {
      client.disconnect();
      await Promise.all([own.stop(), other.stop()]);
    }
  }, 30_000);
});
