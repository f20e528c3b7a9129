/**
 * Writes a second that are on disk when they are answered: with commits grouped, and one by one.
 * Needs wrk. Run: bun bench/records.ts [seconds a measurement] [folder on the disk to measure]
 * PostgreSQL: DATABASE_URL=postgres://… bun bench/records.ts (an empty database)
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openPostgres } from "../src/adapters/sql/postgres/store.ts";
import { createRecords } from "../src/adapters/sql/records.ts";
import { openSqlite } from "../src/adapters/sql/sqlite/store.ts";
import type { Store } from "../src/adapters/sql/store.ts";
import { systemClock } from "../src/adapters/system/clock.ts";
import { systemRandom } from "../src/adapters/system/random.ts";
import { aHost } from "../test/support/examples.ts";

const seconds = Number(process.argv[2] ?? 5);
const folder = mkdtempSync(join(process.argv[3] ?? tmpdir(), "rendezvous-bench-"));
const root = resolve(import.meta.dir, "..");
const HOSTS = 1_000;

/** Heartbeats a second straight on the records, from `callers` who each wait for their answer. */
async function beats(store: Store, callers: number): Promise<number> {
  const { migrations, hosts } = createRecords(store, systemClock, systemRandom);
  await migrations.apply();
  await Promise.all(Array.from({ length: HOSTS }, (_, at) => hosts.register(aHost(`h${at}`), () => 100, Date.now())));
  const until = performance.now() + seconds * 1000;
  let done = 0;
  const caller = async (): Promise<void> => {
    for (; performance.now() < until; done++) {
      const latencyMs = done % 60;
      await hosts.beat(`h${done % HOSTS}`, { latencyMs }, () => 100 - latencyMs / 10, Date.now());
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  await store.close();
  return done / seconds;
}

/** 2xx a second over HTTP: one server, wrk with one thread. */
async function requests(connections: number): Promise<string> {
  const server = Bun.spawn([process.execPath, join(root, "src/main.ts"), "serve"], {
    cwd: folder,
    env: { ...process.env, PORT: "0", LOG_LEVEL: "warn", FACES: "coordinator", DATA_DIR: join(folder, "served") },
    stdout: "pipe",
    stderr: "inherit",
  });
  let text = "";
  let url: string | undefined;
  for await (const chunk of server.stdout) {
    text += new TextDecoder().decode(chunk);
    if ((url = /listening on (http:\S+)/.exec(text)?.[1])) break;
  }
  for (let at = 0; at < HOSTS; at++) {
    const body = { host_id: `h${at}`, player_id: "p", player_name: "n", ip_address: "::1", port: 1 };
    const { status } = await fetch(`${url}/api/hosts/`, { method: "POST", body: JSON.stringify(body) });
    if (status !== 201) throw new Error(`${status} at host ${at}`);
  }
  const script = join(folder, "load.lua");
  writeFileSync(
    script,
    `local n = 0
     request = function()
       n = n + 1
       local path = "/api/hosts/h" .. (n % ${HOSTS}) .. "/heartbeat"
       return wrk.format("POST", path, {["content-type"] = "application/json"}, '{"latency_ms":' .. (n % 60) .. '}')
     end`,
  );
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", "-s", script, url!];
  const out = await new Response(Bun.spawn(["wrk", ...args], { stdout: "pipe" }).stdout).text();
  server.kill();
  await server.exited;
  const refused = /Non-2xx[^\n]*/.exec(out)?.[0] ?? "all 2xx";
  return `${/Requests\/sec:\s+([\d.]+)/.exec(out)?.[1]} a second, 99 % within ${/99%\s+(\S+)/.exec(out)?.[1]}, ${refused}`;
}

const url = process.env["DATABASE_URL"];
let made = 0;
const open = (largestGroup?: number): Store =>
  url === undefined
    ? openSqlite({ folder: join(folder, `${made++}`), ...(largestGroup === undefined ? {} : { largestGroup }) })
    : openPostgres({ url });

console.log(`${url === undefined ? "SQLite" : "PostgreSQL"}, heartbeats that are on disk when answered`);
for (const callers of [1, 64]) {
  if (url === undefined) {
    console.log(`  ${callers} callers, one COMMIT each:  ${Math.round(await beats(open(1), callers))} a second`);
  }
  console.log(`  ${callers} callers, commits grouped:  ${Math.round(await beats(open(), callers))} a second`);
}
for (const connections of [1, 64]) console.log(`  HTTP, ${connections} connections:  ${await requests(connections)}`);
rmSync(folder, { recursive: true, force: true });
