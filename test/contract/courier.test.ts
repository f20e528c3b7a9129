import { afterEach, beforeEach, expect, test } from "bun:test";
import { join } from "node:path";
import { Redis } from "ioredis";
import type { Engine } from "../../src/app/engine.ts";
import { redisEngine } from "../../src/app/redis-engine.ts";
import { createLogger } from "../../src/app/log.ts";
import { createBusCourier, type BusCourier } from "../../src/core/cluster/bus-courier.ts";
import { NodeUnreachable } from "../../src/core/cluster/courier.ts";
import type { Subscription } from "../../src/ports/bus.ts";
import { StoreUnavailable } from "../../src/ports/store-error.ts";
import { eventually } from "../support/eventually.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";

const log = createLogger("fatal", "test");
let server: RunningRedis;
let engines: Engine[];
let failures: unknown[];
let started: Subscription[];

beforeEach(async () => {
  server = await startRedis();
  engines = [];
  failures = [];
  started = [];
});

afterEach(async () => {
  for (const one of started) one.end();
  for (const engine of engines) engine.close();
  await server.stop();
});

async function joinAs(node: string): Promise<BusCourier> {
  const engine = redisEngine(server.url, log);
  engines.push(engine);
  await engine.ready();
  const { bus, clock } = engine;
  const courier = createBusCourier({ node, bus, clock, isLive: () => true, failed: (error) => failures.push(error) });
  return {
    ...courier,
    start() {
      const subscription = courier.start();
      started.push(subscription);
      return subscription;
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((over) => setTimeout(over, ms));
const outcome = (asked: Promise<string>): Promise<unknown> => asked.catch((error: unknown) => error);

/** Asks 4,000 times while `breakUp` breaks connections, and says what came of each and what was heard. */
async function askWhile(breakUp: (admin: Redis, round: number) => Promise<unknown>) {
  const [a, b] = [await joinAs("a"), await joinAs("b")];
  const heard: number[] = [];
  b.serve("say", (body) => {
    heard.push(Number(body));
    return body;
  });
  await Promise.all([a.start().inForce, b.start().inForce]);
  const admin = new Redis(server.url);
  const asked: Promise<unknown>[] = [];
  for (let round = 0; round < 20; round++) {
    for (let at = 0; at < 200; at++) asked.push(outcome(a.ask("b", "say", `${asked.length}`, 20_000)));
    await breakUp(admin, round);
    await pause(50);
  }
  const outcomes = await Promise.all(asked);
  admin.disconnect();
  return { outcomes, heard };
}

test("subscriptions that break again and again lose nothing, repeat nothing and turn nothing round", async () => {
  const { outcomes, heard } = await askWhile((admin) => admin.call("CLIENT", "KILL", "TYPE", "pubsub"));
  expect(outcomes).toEqual(outcomes.map((_, at) => `${at}`));
  expect(heard).toEqual(outcomes.map((_, at) => at));
  expect(failures).toEqual([]);
}, 60_000);

test("where all connections break, what is not answered is refused, and nothing is heard twice or late", async () => {
  const { outcomes, heard } = await askWhile(async (admin, round) => {
    if (round % 5 > 0) return;
    await admin.call("CLIENT", "KILL", "TYPE", "pubsub");
    await admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  });
  expect(heard).toEqual([...new Set(heard)].toSorted((x, y) => x - y));
  const all = new Set(heard);
  for (const [at, one] of outcomes.entries()) {
    if (one === `${at}`) expect(all.has(at)).toBe(true);
    else expect(one).toBeInstanceOf(StoreUnavailable);
  }
  expect(outcomes).toContain("3999");
  expect(failures).toEqual([]);
}, 60_000);

test("a process that was stopped hears nothing of what was asked of it meanwhile", async () => {
  const a = await joinAs("a");
  await a.start().inForce;
  const program = join(import.meta.dir, "../support/courier-node.ts");
  const child = Bun.spawn([process.execPath, program, "b", server.url], { stdout: "pipe", stderr: "inherit" });
  try {
    const lines: string[] = [];
    const reading = (async () => {
      let text = "";
      for await (const chunk of child.stdout) {
        text += new TextDecoder().decode(chunk);
        lines.splice(0, lines.length, ...text.split("\n").slice(0, -1));
      }
    })();
    await eventually("the other node", () => lines.includes("ready"));
    await a.ask("b", "say", "before");
    process.kill(child.pid, "SIGSTOP");
    const stale = Array.from({ length: 200 }, (_, at) =>
      outcome(a.ask("b", "say", `stale ${at} ${"x".repeat(20_000)}`, 2_500)),
    );
    for (const one of await Promise.all(stale)) expect(one).toBeInstanceOf(NodeUnreachable);
    process.kill(child.pid, "SIGCONT");
    expect(await a.ask("b", "say", "after")).toBe("");
    await eventually("the last line", () => lines.includes("after"));
    expect(lines).toEqual(["ready", "before", "after"]);
    child.kill("SIGKILL");
    await reading;
  } finally {
    child.kill("SIGKILL");
  }
}, 60_000);

test("more lookups than may wait for the store keep neither beats nor messages back", async () => {
  const [a, b] = [await joinAs("a"), await joinAs("b")];
  b.serve("say", (body) => body);
  await Promise.all([a.start().inForce, b.start().inForce]);
  const [{ nodes, homes }] = engines as [Engine];
  const rooms = homes("crowd");
  const lookups = Promise.allSettled(Array.from({ length: 10_000 }, (_, at) => rooms.find(`${at}`)));
  const [beat, answer] = await Promise.all([nodes.beat({ id: "a", value: "" }, 6_000), a.ask("b", "say", "hello")]);
  expect([beat, answer]).toEqual([{ wasLive: false }, "hello"]);
  expect((await lookups).some(({ status }) => status === "rejected")).toBe(true);
  expect(failures).toEqual([]);
});
