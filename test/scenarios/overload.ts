import { expect } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { eventually } from "../support/eventually.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { count, millis, percentile, print, seconds } from "./figures.ts";
import type { Stretch } from "./overload/others.ts";
import { pin, run, waitedMs, type Child } from "./overload/programs.ts";

/** How much of everything. */
export interface Masses {
  readonly idle: number;
  readonly slowloris: number;
  readonly stalled: number;
  readonly flooding: number;
  /** How long each is watched, in ms. */
  readonly stretchMs: number;
}

export const SHORT: Masses = {
  idle: 2_000,
  slowloris: 200,
  stalled: 100,
  flooding: 1_000,
  stretchMs: 2_000,
};
export const LONG: Masses = {
  idle: 18_000,
  slowloris: 1_000,
  stalled: 500,
  flooding: 2_000,
  stretchMs: 10_000,
};

/** The others notice nothing: what they wait is within this many times what it was before, or within so many ms. */
const TIMES = 5;
const UNNOTICED_MS = 50;
/** Where the server waited for a core for a larger part of the time, what others waited for it says nothing of it. */
const STARVED = 0.2;
/** How many times what can be done is asked for. */
const TOO_MUCH = 2;
/** How often it is asked for too much, until what is admitted, and the others, are served in time. */
const FLOODS = 5;
/** How soon after an overload all is as before, in ms. */
const RECOVERY_MS = 5_000;
/** Connections that one process opens. */
const EACH = 6_000;

interface Watched extends Stretch {
  /** Which part of the time the server waited for a core. */
  readonly starved: number;
}

/**
 * Masses of idle sockets, half of them reconnecting within a second, headers that trickle in, viewers that read nothing,
 * and more requests than can be answered: each time the others are served as before.
 */
export async function overload(masses: Masses): Promise<void> {
  const server = await startServer({ RATE_LIMIT_PER_MINUTE: "0", SOCKETS_PER_ADDRESS: "0" });
  pin(server.pid);
  const children: Child[] = [];
  const crowd = (kind: string, path: string, size: number): Child[] =>
    Array.from({ length: Math.ceil(size / EACH) }, (_, n) => {
      const part = Math.min(EACH, size - n * EACH);
      return run(children, "crowd.ts", kind, `${server.port}`, path, `${part}`, `127.0.0.${2 + n}`);
    });
  const all = (crowds: readonly Child[], command: string) =>
    Promise.all(crowds.map((one) => one.ask(command))).then((answers: any[]) => ({
      open: answers.reduce((sum, { open }) => sum + open, 0),
      refused: answers.reduce((sum, { refused }) => sum + refused, 0),
      ms: Math.max(...answers.map(({ ms }) => ms)),
    }));

  try {
    const others = run(children, "others.ts", server.url);
    const { match } = await others.first;
    let since = { at: 0, waited: 0 };
    const next = async (): Promise<Watched> => {
      const stretch = (await others.ask("next")) as Stretch;
      const [from, now] = [since, { at: performance.now(), waited: waitedMs(server.pid) }];
      since = now;
      return { ...stretch, starved: (now.waited - from.waited) / (now.at - from.at) };
    };
    const watched = async (what: string, ms = masses.stretchMs): Promise<Watched> => {
      await new Promise((resume) => setTimeout(resume, ms));
      const stretch = await next();
      tell(what, stretch, server);
      return stretch;
    };
    await watched("warming up");
    const before = await watched("before");
    const bound = (kind: string, { late }: Stretch): number =>
      Math.max(UNNOTICED_MS, TIMES * percentile(before.took[kind]!, 99)) + percentile(late, 99);
    const isUnnoticed = (stretch: Watched): boolean =>
      stretch.starved > STARVED ||
      Object.keys(before.took).every((kind) => percentile(stretch.took[kind] ?? [], 99) <= bound(kind, stretch));
    const unnoticed = (stretch: Watched): void => {
      expect([stretch.failed, stretch.refused]).toEqual([[], 0]);
      expect(isUnnoticed(stretch)).toBe(true);
    };

    const idle = crowd("idle", "/signaling?roomId=idle-{n}", masses.idle);
    const opened = await all(idle, "open");
    await next();
    print("overload", "idle sockets", `${count(opened.open)} open after ${seconds(opened.ms)}`);
    unnoticed(await watched("idle sockets"));

    const reconnected = all(idle, "reconnect 0.5 1000");
    const meanwhileBack = await watched("reconnecting");
    const back = await reconnected;
    expect(back.open).toBe(masses.idle);
    print(
      "overload",
      "reconnecting",
      `${count(masses.idle / 2)} back after ${seconds(back.ms)}, ${count(back.refused)} refusals`,
    );
    unnoticed(meanwhileBack);

    const slow = crowd("slowloris", "/", masses.slowloris);
    await all(slow, "open");
    unnoticed(await watched("slowloris"));

    const stalled = crowd("stalled", `/ws/match/${match}`, masses.stalled);
    await all(stalled, "open");
    unnoticed(await watched("stalled viewers"));

    // A server has no descriptors for all of them together.
    for (const one of [...slow, ...idle.slice(1, 2)]) one.stop();
    const amounts = [masses.flooding, TOO_MUCH, masses.stretchMs].map(String);
    const flooded = async () => {
      const flood = run(children, "flood.ts", `${server.port}`, ...amounts);
      const { perSecond } = await flood.first;
      await next();
      const { admitted, refused, failed } = await flood.ask("");
      const meanwhile = await next();
      tell("flood", meanwhile, server);
      await next();
      const calm = await eventually(
        "it has recovered",
        async () => {
          await new Promise((resume) => setTimeout(resume, 500));
          const stretch = await next();
          return stretch.refused === 0 && isUnnoticed(stretch) && stretch;
        },
        RECOVERY_MS,
      );
      tell("afterwards", calm, server);
      print(
        "overload",
        "flood",
        `${count(Math.round(perSecond))} asked for a second, ${count(admitted.length)} admitted, p50 ${millis(percentile(admitted, 50))}, p99 ${millis(percentile(admitted, 99))}; ` +
          `${count(refused)} refused`,
      );
      expect([failed, meanwhile.failed]).toEqual([0, []]);
      // A server whose machine others have refuses nothing: see `createOverload`.
      const isStarved = meanwhile.starved > STARVED;
      if (!isStarved) expect(refused).toBeGreaterThan(0);
      return isStarved || (isUnnoticed(meanwhile) && percentile(admitted, 99) <= bound("find", meanwhile));
    };
    // A busy moment of the machine does not come every time; a server that lets work pile up does it every time.
    let isBounded = false;
    for (let flood = 0; flood < FLOODS && !isBounded; flood++) isBounded = await flooded();
    expect(isBounded).toBe(true);
    expect(server.output()).not.toContain('"level":50');
  } finally {
    for (const child of children) child.stop();
    await server.stop("SIGKILL");
  }
}

function tell(what: string, { took, refused, late, starved }: Watched, { pid }: RunningServer): void {
  const kinds = Object.entries(took).map(
    ([kind, times]) => `${kind} p50 ${millis(percentile(times, 50))} p99 ${millis(percentile(times, 99))}`,
  );
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
  const files = readdirSync(`/proc/${pid}/fd`).length;
  print(
    "overload",
    what,
    `${kinds.join(", ")}, own p99 ${millis(percentile(late, 99))}; without a core ${Math.round(100 * starved)} %; ${count(refused)} refused; ${Math.round(rss)} MiB, ${count(files)} files`,
  );
}
