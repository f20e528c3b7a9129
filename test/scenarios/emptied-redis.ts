import { expect } from "bun:test";
import { Redis } from "ioredis";
import type { RedisWorld } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { post } from "../support/http.ts";
import { allSee, Device } from "./device.ts";
import { print, seconds } from "./figures.ts";

export const ALLOCATION_MS = 6_000;
const HOSTS = 60;

/** When a host was given away: at some moment between these. */
interface Claim {
  readonly asked: number;
  readonly answered: number;
}

/**
 * A Redis that loses everything, once by FLUSHALL and once by a restart: no host that was given away is given away
 * again before its claim is over, later all are, and devices are online again without reconnecting.
 */
export async function emptiedRedis(world: RedisWorld): Promise<void> {
  const [ada, bob] = (await world.people(2)) as [any, any];
  await world.befriend(ada, bob);
  const [one, other] = [
    await Device.register(world.node(0), ada, "one"),
    await Device.register(world.node(1), bob, "two"),
  ];
  await eventually("they know of each other", () => one.heard.length === 1);

  const claims = new Map<string, Claim[]>();
  const beatAll = () =>
    Promise.all(
      Array.from({ length: HOSTS }, (_, n) =>
        post(`${world.node(n).url}/api/host/heartbeat`, { hostId: `h${n}`, roomId: `h${n}`, region: "eu" }),
      ),
    );
  let turn = 0;
  /** True if a host was found. */
  const find = async (): Promise<boolean> => {
    const asked = performance.now();
    const { status, body } = await post(`${world.node(turn++).url}/api/match/find`, { region: "eu" });
    if (status !== 200) return false;
    const known = claims.get(body.roomId) ?? [];
    claims.set(body.roomId, [...known, { asked, answered: performance.now() }]);
    return true;
  };
  const since = (at: number): number => [...claims.values()].filter((all) => all.at(-1)!.asked >= at).length;

  const admin = new Redis(world.redis.url);
  admin.on("error", () => undefined);
  for (const [how, empty] of [
    ["FLUSHALL", async () => void (await admin.flushall())],
    [
      "killed and started empty",
      async () => {
        await world.stopRedis();
        await world.startRedis();
      },
    ],
  ] as const) {
    await eventually("the hosts beat", async () => (await beatAll()).every(({ status }) => status === 200));
    const beganAt = performance.now();
    await eventually("half of the hosts are given away", async () => (await find()) && since(beganAt) >= HOSTS / 2);
    await empty();
    const emptiedAt = performance.now();
    const online = allSee([one, other], [one, other], 10_000);
    let firstAt = 0;
    let lastBeat = 0;
    await eventually(
      "all hosts are given away",
      async () => {
        if (performance.now() - lastBeat > 500) {
          await beatAll();
          lastBeat = performance.now();
        }
        if ((await find()) && firstAt === 0) firstAt = performance.now();
        return since(emptiedAt) === HOSTS;
      },
      30_000,
    );
    const all = performance.now() - emptiedAt;
    const apart = shortest([...claims.values()]);
    print(
      "Redis emptied",
      world.about,
      `${how}: devices online after ${seconds(await online)}; first host given away again after ` +
        `${seconds(firstAt - emptiedAt)}, all ${HOSTS} after ${seconds(all)}; claims of one host at least ` +
        `${seconds(apart)} apart, an allocation lasts ${seconds(ALLOCATION_MS)}`,
    );
    expect(apart).toBeGreaterThanOrEqual(ALLOCATION_MS);
    expect(since(emptiedAt)).toBe(HOSTS);
  }
  admin.disconnect();
  // Whoever would be taken for gone has been by then.
  await new Promise((resume) => setTimeout(resume, 7_000));
  expect(one.heard.map(({ event }) => event)).toEqual(["user_joined"]);
  expect(other.heard).toEqual([]);
  expect([one.closed, other.closed]).toEqual([null, null]);
}

/** The shortest time between two claims of one host that the answers allow for, in ms. */
function shortest(all: readonly (readonly Claim[])[]): number {
  const gaps = all.flatMap((claims) => claims.slice(1).map(({ answered }, at) => answered - claims[at]!.asked));
  return Math.min(...gaps);
}
