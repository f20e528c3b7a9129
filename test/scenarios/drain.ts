import { expect } from "bun:test";
import { io, type Socket } from "socket.io-client";
import { issueToken } from "../../src/adapters/jwt/issue.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { startBalancer, watchReadiness, type Balancer } from "../support/balancer.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { startPostgres } from "../support/postgres.ts";
import { startRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { Callers } from "./drain/callers.ts";
import { Messengers } from "./drain/messengers.ts";
import { Sitters } from "./drain/sitters.ts";
import { count, millis, print, seconds } from "./figures.ts";

const JWT_SECRET = "a secret of thirty-two bytes and more";
const NODES = 3;
const DRAIN_SECONDS = 6;

/** What a rolling restart is asked of. */
export interface Restarts {
  /** Sockets that do nothing but stay. */
  readonly sitters: number;
  readonly callers: number;
  readonly pairs: number;
  readonly chatters: number;
}

export const SHORT: Restarts = { sitters: 60, callers: 6, pairs: 4, chatters: 3 };
export const LONG: Restarts = { sitters: 1_500, callers: 30, pairs: 40, chatters: 20 };

/**
 * Each of three nodes is stopped with SIGTERM and started again, under load and behind load balancers: no request fails,
 * nothing that was acknowledged is lost, and the sockets are closed 1012 one by one and come back elsewhere.
 */
export async function rollingRestart(size: Restarts): Promise<void> {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  const ports = await Promise.all(Array.from({ length: NODES }, () => freePort()));
  const start = (port: number): Promise<RunningServer> =>
    startServer({
      PORT: `${port}`,
      REDIS_URL: redis.url,
      DATABASE_URL: postgres.url,
      JWT_SECRET,
      DRAIN_SECONDS: `${DRAIN_SECONDS}`,
      RATE_LIMIT_PER_MINUTE: "0",
    });
  const nodes = [await start(ports[0]!)];
  nodes.push(...(await Promise.all(ports.slice(1).map(start))));
  const readiness = watchReadiness(ports);
  await eventually("all are ready", () => readiness.ready().length === NODES);
  const balancer = await startBalancer(readiness);
  const sticky: Balancer[] = [];

  const callers = new Callers(balancer.url, size.callers);
  const sitters = new Sitters(balancer.wsUrl);
  const messengers = new Messengers(balancer.wsUrl);
  const chatters: Socket[] = [];
  const chatEnds: string[] = [];
  try {
    await sitters.sit(size.sitters);
    await messengers.begin(size.pairs, (email) =>
      issueToken(
        { subject: email, ttlSeconds: 3_600, issuer: null, audience: null, claims: { email } },
        { secret: JWT_SECRET, clock: systemClock, random: systemRandom },
      ),
    );
    for (let n = 0; n < size.chatters; n++) {
      const own = await startBalancer(readiness, { sticky: true });
      sticky.push(own);
      for (const transport of ["polling", "websocket"]) {
        const chatter = io(own.url, { forceNew: true, transports: [transport] });
        chatter.on("disconnect", (reason) => void chatEnds.push(`${transport}: ${reason}`));
        await new Promise<void>((connected) => chatter.once("connect", connected));
        chatters.push(chatter);
      }
    }
    callers.begin();

    const took: number[] = [];
    for (const [at, node] of nodes.entries()) {
      sitters.expectRestart();
      const began = performance.now();
      expect(await node.stop("SIGTERM")).toBe(0);
      took.push(performance.now() - began);
      expect(took.at(-1)!).toBeLessThan(DRAIN_SECONDS * 1_000 + 500);
      nodes[at] = await start(ports[at]!);
      await eventually("it is back", () => readiness.ready().length === NODES);
      await sitters.seated();
      await eventually("every chatter is back", () => chatters.every(({ connected }) => connected));
    }
    await callers.end();
    await messengers.end();
    const lost = [...(await callers.lost()), ...messengers.lost()];

    print(
      "rolling restart",
      `${NODES} nodes`,
      `${count(callers.answered)} requests (${count(callers.retried)} asked again), ${count(callers.failures.length)} ` +
        `failed; ${count(sitters.closes.length)} sockets closed over ${sitters.spreads().map(millis).join(", ")}; ` +
        `${count(messengers.sent)} messages, ${count(messengers.unknown())} cut off with their sender; ` +
        `${count(lost.length)} acknowledged lost; stops took ${took.map(seconds).join(", ")}`,
    );
    expect(callers.failures).toEqual([]);
    expect(lost).toEqual([]);
    expect([...new Set(sitters.closes.map(({ code }) => code))]).toEqual([1012]);
    expect([...new Set(messengers.closes)]).toEqual([1012]);
    // A client that says disconnect itself, or is told to by a packet, would stay away.
    for (const end of chatEnds) expect(end).toMatch(/transport (close|error)$/);
    const windowMs = Math.min(0.8 * DRAIN_SECONDS * 1_000, (100 * size.sitters) / NODES);
    for (const [at, spread] of sitters.spreads().entries()) {
      expect(spread).toBeGreaterThan(windowMs / 2);
      expect(spread).toBeLessThan(DRAIN_SECONDS * 1_000);
      expect(sitters.mostWithin(at, spread / 10)).toBeLessThan(0.4);
    }
  } finally {
    await callers.end();
    for (const one of chatters) one.disconnect();
    sitters.stop();
    messengers.stop();
    readiness.stop();
    for (const one of [balancer, ...sticky]) one.stop();
    await Promise.all(nodes.map((node) => node.stop("SIGKILL")));
    await postgres.stop();
    await redis.stop();
  }
}
