import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createMemoryBus } from "../../adapters/memory/bus.ts";
import type { Bus } from "../../ports/bus.ts";
import type { Place, QueueEntry } from "../../ports/queue-records.ts";
import { aContender } from "../../../test/support/examples.ts";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { ENTRY_SILENCE_MS } from "./queue.ts";
import { QueueWatch } from "./queue-watch.ts";

const waiting: QueueEntry = { ...aContender("A"), queueId: "q", status: "waiting", matchId: null, position: 1 };

/** A queue with one entry in it, which the test changes as it likes. */
function paperQueue() {
  return {
    looks: 0,
    place: { entry: waiting, match: null } as Place,
    async look() {
      this.looks++;
      return this.place;
    },
  };
}

describe("those who watch an entry of the queue", () => {
  let clock: VirtualClock;
  let bus: Bus;
  let nodes: readonly QueueWatch[];
  let queue: ReturnType<typeof paperQueue>;
  const failures: unknown[] = [];
  beforeEach(() => {
    clock = createVirtualClock();
    bus = createMemoryBus();
    queue = paperQueue();
    failures.length = 0;
    nodes = [1, 2].map(() => new QueueWatch({ bus, clock, failed: (error) => failures.push(error) }));
    for (const node of nodes) node.start();
  });
  afterEach(() => {
    for (const node of nodes) node.stop();
  });

  /** Watches on a node and notes what it is told. */
  const watch = async (node = nodes[0]!) => {
    const told: string[] = [];
    const stop = await node.watch(queue as never, "q", {
      show: ({ entry }) => void told.push(entry.status),
      end: () => void told.push("end"),
    });
    return { told, stop };
  };
  const become = (status: QueueEntry["status"]): void => {
    queue.place = { ...queue.place, entry: { ...waiting, status, position: null } };
  };

  test("hear at once how it stands, and at once of news from any node", async () => {
    const [here, there] = [await watch(), await watch(nodes[1])];
    expect([here.told, there.told]).toEqual([["waiting"], ["waiting"]]);
    become("matched");
    nodes[1]!.left("q");
    await clock.advance(0);
    expect([here.told, there.told]).toEqual([
      ["waiting", "matched", "end"],
      ["waiting", "matched", "end"],
    ]);
  });

  test("hear of it within seconds when the news was lost, and look so that the entry goes on waiting", async () => {
    const { told } = await watch();
    await clock.advance(20_000);
    expect(queue.looks).toBeGreaterThanOrEqual(4);
    become("expired");
    await clock.advance(5_000);
    expect(told).toEqual(["waiting", "expired", "end"]);
    const { looks } = queue;
    await clock.advance(60_000);
    expect(queue.looks).toBe(looks);
  });

  test("of one that has left already are told so and no more", async () => {
    become("cancelled");
    expect((await watch()).told).toEqual(["cancelled", "end"]);
  });

  test("hear nothing more once they stop, nor of other entries", async () => {
    const { told, stop } = await watch();
    nodes[0]!.left("other");
    await clock.advance(0);
    expect(queue.looks).toBe(1);
    stop();
    become("matched");
    nodes[0]!.left("q");
    await clock.advance(60_000);
    expect(told).toEqual(["waiting", "end"]);
  });

  test("must come back now and then, or the entry is not kept waiting for them", async () => {
    const { told } = await watch();
    await clock.advance(ENTRY_SILENCE_MS - 1);
    expect(told).toEqual(["waiting"]);
    await clock.advance(1);
    expect(told).toEqual(["waiting", "end"]);
    const { looks } = queue;
    await clock.advance(ENTRY_SILENCE_MS);
    expect(queue.looks).toBe(looks);
    expect((await watch()).told).toEqual(["waiting"]);
  });

  test("are four at most: the oldest makes room", async () => {
    const all = [];
    for (let at = 0; at < 5; at++) all.push(await watch());
    expect(all.map(({ told }) => told.at(-1))).toEqual(["end", "waiting", "waiting", "waiting", "waiting"]);
  });

  test("are told goodbye when the node goes down", async () => {
    const { told } = await watch();
    nodes[0]!.stop();
    expect(told).toEqual(["waiting", "end"]);
    expect((await watch()).told).toEqual(["waiting", "end"]);
  });

  test("survive a look that fails, and whoever cannot begin is told why", async () => {
    const { told } = await watch();
    const { look } = queue;
    queue.look = () => Promise.reject(new Error("the store is away"));
    await clock.advance(5_000);
    expect(failures).toHaveLength(1);
    expect(watch()).rejects.toThrow("away");
    queue.look = look;
    become("matched");
    await clock.advance(5_000);
    expect(told).toEqual(["waiting", "matched", "end"]);
  });

  test("what happens during the first look is not missed", async () => {
    const { look } = queue;
    queue.look = async function () {
      const place = await look.call(this);
      become("matched");
      nodes[1]!.left("q");
      queue.look = look;
      return place;
    };
    const { told } = await watch();
    await clock.advance(0);
    expect(told).toEqual(["waiting", "matched", "end"]);
  });
});
