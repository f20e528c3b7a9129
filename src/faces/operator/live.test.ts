import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { Live } from "./live.ts";
import type { Slice } from "./overview/history.ts";
import type { Overview } from "./wire.ts";

const traffic = { requests: 5, messages: 0, refusals: 0, errors: 0, bounds: [10], overall: [5, 5], byFace: {} };
const numbers = { devices: 1, users: 1, rooms: 0, peers: 0, viewers: 0 };
const slice = (at: number): Slice => ({
  ...{ at, traffic: { ...traffic, seconds: 5 }, sockets: 2, loopDelayMs: 1, numbers, census: {} },
});

/** Two nodes, each of which cuts a slice every five seconds. */
function setUp() {
  const clock = createVirtualClock(1_000_000);
  const asked: string[] = [];
  const live = new Live({
    overviews: {
      async take() {
        asked.push("overview");
        return { at: clock.now() } as Overview;
      },
    },
    rollCall: {
      one: async () => "",
      async all(question) {
        asked.push("slices");
        const { since } = JSON.parse(question) as { since: number };
        const slices: Slice[] = [];
        for (let at = 990_000; at + 5_000 <= clock.now(); at += 5_000) if (at >= since) slices.push(slice(at));
        return new Map(["one", "two"].map((node) => [node, JSON.stringify(slices)]));
      },
    },
    clock,
    timeOfDay: clock,
    failed(error) {
      throw error;
    },
  });
  return { clock, asked, live };
}

const never = () => () => undefined;

/** The events of a whole answer, each with the time in it. */
async function eventsOf(response: Response) {
  const text = await response.text();
  return [...text.matchAll(/event: (\w+)\nid: \d+\ndata: (.+)/g)].map(([, event, data]) => {
    const told = JSON.parse(data!);
    return [event, event === "history" ? told.samples.map(({ at }: { at: number }) => at) : told.at];
  });
}

test("a watcher gets the history, an overview each second, and each sample once, of all nodes", async () => {
  const { clock, live } = setUp();
  const response = await live.open(never, false);
  for (let seconds = 0; seconds < 7; seconds++) await clock.advance(1_000);
  live.stop();
  const events = await eventsOf(response);
  expect(events[0]).toEqual(["history", [990_000, 995_000]]);
  expect(events.filter(([event]) => event === "overview").map(([, at]) => at)).toEqual(
    [0, 1, 2, 3, 4, 5, 6, 7].map((seconds) => 1_000_000 + seconds * 1_000),
  );
  expect(events.filter(([event]) => event === "sample")).toEqual([["sample", 1_000_000]]);
});

test("nobody is asked for anything while nobody watches, and once for all who do", async () => {
  const { clock, asked, live } = setUp();
  await clock.advance(10_000);
  expect(asked).toEqual([]);
  await live.open(never, false);
  const other = await live.open(never, false);
  asked.length = 0;
  await clock.advance(1_000);
  expect(asked).toEqual(["overview"]);
  live.stop();
  expect((await eventsOf(other)).length).toBeGreaterThan(1);
  asked.length = 0;
  await clock.advance(10_000);
  expect(asked).toEqual([]);
});

test("one who has left, or whose token has ended, is told nothing more", async () => {
  const { clock, asked, live } = setUp();
  const gone = await live.open(never, false);
  await gone.body!.cancel();
  let end = (): void => undefined;
  const expired = await live.open((over) => ((end = over), () => undefined), false);
  end();
  await expired.text();
  asked.length = 0;
  await clock.advance(5_000);
  expect(asked).toEqual([]);
});

test("a hundred may watch a node, and not one more, though all of them come at once", async () => {
  const { live } = setUp();
  const outcomes = await Promise.allSettled(Array.from({ length: 105 }, () => live.open(never, false)));
  const refused = outcomes.filter(({ status }) => status === "rejected");
  expect(refused.map((one) => (one as PromiseRejectedResult).reason.code)).toEqual(Array(5).fill("overloaded"));
  live.stop();
});

test("whoever asks once gets two overviews", async () => {
  const { clock, live } = setUp();
  const response = await live.open(never, true);
  await clock.advance(1_000);
  expect((await eventsOf(response)).map(([event]) => event)).toEqual(["history", "overview", "overview"]);
});
