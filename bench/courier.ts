/**
 * What an ask from one node to another costs: asks a second and CPU an ask, both nodes and their clients in this process.
 * Run: bun bench/courier.ts [seconds a measurement]; on a Redis: REDIS_URL=redis://… bun bench/courier.ts
 */
import { createBusCourier } from "../src/core/cluster/bus-courier.ts";
import { createLogger } from "../src/app/log.ts";
import { embeddedEngine, type Engine } from "../src/app/engine.ts";
import { redisEngine } from "../src/app/redis-engine.ts";

const seconds = Number(process.argv[2] ?? 3);
const url = process.env["REDIS_URL"];
const log = createLogger("error", "bench");
const failed = (error: unknown): void => console.error(error);

/** Two nodes, each with its own connections if there is a store between them. */
async function nodes(): Promise<readonly [Engine, Engine]> {
  if (url === undefined) {
    const engine = embeddedEngine();
    return [engine, engine];
  }
  const engines = [redisEngine(url, log), redisEngine(url, log)] as const;
  await Promise.all(engines.map(async (engine) => engine.ready()));
  return engines;
}

const [here, there] = await nodes();
const run = crypto.randomUUID();
const asker = createBusCourier({ node: `a-${run}`, bus: here.bus, clock: here.clock, isLive: () => true, failed });
const other = createBusCourier({ node: `b-${run}`, bus: there.bus, clock: there.clock, isLive: () => true, failed });
other.serve("echo", (body) => body.slice(0, 20));
await Promise.all([asker.start().inForce, other.start().inForce]);

const body = JSON.stringify({ event: "offer", sdp: 'v=0 "quoted"\r\n'.repeat(20) });
for (const at of [1, 8, 64, 1_000]) {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const until = began + seconds * 1_000;
  const waits: number[] = [];
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      const asked = performance.now();
      await asker.ask(other.node, "echo", body);
      waits.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: at }, caller));
  const { user, system } = process.cpuUsage(cpu);
  const perSecond = waits.length / ((performance.now() - began) / 1_000);
  waits.sort((a, b) => a - b);
  const p99 = waits[Math.floor(waits.length * 0.99)] ?? 0;
  console.log(
    `${`${at} at once`.padEnd(14)} ${perSecond.toFixed(0).padStart(8)} asks/s   ` +
      `${((user + system) / waits.length).toFixed(1).padStart(6)} µs CPU an ask   ${p99.toFixed(2)} ms p99`,
  );
}
process.exit(0);
