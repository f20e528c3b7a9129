/**
 * Heartbeats and finds a second, against the bare runtime and over pools of different sizes.
 * Needs wrk. Run: bun bench/host-pool.ts [seconds a measurement]. Redis: REDIS_URL=redis://… bun bench/host-pool.ts
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const seconds = Number(process.argv[2] ?? 5);
const root = resolve(import.meta.dir, "..");
const dir = mkdtempSync(join(tmpdir(), "rendezvous-bench-"));

async function start(...args: string[]): Promise<{ url: string; stop(): Promise<unknown> }> {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: dir,
    env: { ...process.env, PORT: "0", LOG_LEVEL: "warn", ALLOCATION_SECONDS: "3600", HOST_LEASE_SECONDS: "3600" },
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`${args.join(" ")} did not start`);
    text += new TextDecoder().decode(value);
    const url = /listening on (http:\S+)/.exec(text)?.[1];
    if (url) return { url, stop: () => (child.kill(), child.exited) };
  }
}

/** Requests a second as wrk counts them: one thread, 32 connections. `body` is a Lua expression. */
async function load(url: string, body: string): Promise<number> {
  const script = join(dir, "load.lua");
  writeFileSync(
    script,
    `local n = 0
     request = function()
       n = n + 1
       return wrk.format("POST", nil, {["content-type"] = "application/json"}, ${body})
     end`,
  );
  const wrk = Bun.spawn(["wrk", "-t1", "-c32", `-d${seconds}s`, "-s", script, url], { stdout: "pipe" });
  const out = await new Response(wrk.stdout).text();
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(out)?.[1]);
}

const beat = `'{"hostId":"host-' .. (n % 1000) .. '","roomId":"room","status":"idle","region":"local"}'`;
const heartbeats = (url: string): Promise<number> => load(`${url}/api/host/heartbeat`, beat);

async function fill(url: string, hosts: number): Promise<void> {
  for (let at = 0; at < hosts; at += 500) {
    await Promise.all(
      Array.from({ length: Math.min(500, hosts - at) }, (_, n) =>
        fetch(`${url}/api/host/heartbeat`, {
          method: "POST",
          body: JSON.stringify({ hostId: `h${at + n}`, roomId: `r${at + n}`, region: "wide" }),
        }),
      ),
    );
  }
}

const bare = await start(join(root, "bench/bare.ts"));
const ours = await start(join(root, "src/main.ts"), "serve");
const figures: Record<string, number[]> = { "bare runtime": [], heartbeat: [] };
for (let round = 0; round < 3; round++) {
  figures["bare runtime"]!.push(await heartbeats(bare.url));
  figures["heartbeat"]!.push(await heartbeats(ours.url));
}
await Promise.all([bare.stop(), ours.stop()]);
for (const [name, rounds] of Object.entries(figures)) {
  const median = [...rounds].sort((a, b) => a - b)[1]!;
  console.log(`${name.padEnd(24)} ${Math.round(median)} requests/s (median of ${rounds.map(Math.round).join(", ")})`);
}

for (const hosts of [100, 10_000, 100_000]) {
  const server = await start(join(root, "src/main.ts"), "serve");
  await fill(server.url, hosts);
  // A region without hosts: every find runs the whole way and finds nothing, so the pool stays as it is.
  const misses = await load(`${server.url}/api/match/find`, `'{"region":"narrow"}'`);
  const began = performance.now();
  const taken = Math.min(hosts, 2_000);
  for (let n = 0; n < taken; n += 50) {
    await Promise.all(
      Array.from({ length: 50 }, () =>
        fetch(`${server.url}/api/match/find`, { method: "POST", body: '{"region":"wide"}' }).then((answer) =>
          answer.text(),
        ),
      ),
    );
  }
  const each = ((performance.now() - began) * 1000) / taken;
  console.log(
    `find, ${hosts} hosts`.padEnd(24),
    `${Math.round(misses)} misses/s, ${Math.round(each)} µs a hit (client included)`,
  );
  await server.stop();
}
