import { expect, test } from "bun:test";
import fc from "fast-check";
import { createVirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { Bus } from "../../../ports/bus.ts";
import { Follower, UNDER_WAY_MS, type Head, type Live } from "./follower.ts";

/** A store whose newest append alone remains, and a bus that brings each message after the delay it is told. */
function createStore(readMs: number) {
  const clock = createVirtualClock();
  let hearMessage = (_: string): void => undefined;
  let position = 0;
  const after = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
  const bus: Bus = {
    publish: async () => null,
    subscribe(_, hear) {
      hearMessage = hear;
      return { inForce: Promise.resolve(), end: () => undefined };
    },
    onGap: () => () => undefined,
  };
  const read = async (): Promise<Head | null> => {
    await after(readMs);
    const head = { position, hasEnded: false, items: [{ kind: "frame", content: `${position}`, position }] };
    await after(readMs);
    return head;
  };
  const append = (delayMs: number | null): void => {
    const live: Live = {
      previous: position,
      position: ++position,
      items: [{ kind: "frame", content: `${position}` }],
      hasEnded: false,
    };
    if (delayMs !== null) clock.after(delayMs, () => hearMessage(JSON.stringify(live)));
  };
  return { clock, bus, read, append };
}

async function follow({ clock, bus, read }: ReturnType<typeof createStore>) {
  const heard: number[] = [];
  const hear: ConstructorParameters<typeof Follower>[0]["hear"] = ({ items }) =>
    void heard.push(...items.map(({ content }) => Number(content)));
  const follower = new Follower({ clock, read, hear });
  let hasBegun = false;
  void follower.start(bus, "channel").then(() => (hasBegun = true));
  while (!hasBegun) await clock.advance(1);
  return { heard, follower };
}

test("however late messages are, short of the longest time they may be under way, none is left out", async () => {
  const delays = fc.array(fc.integer({ min: 0, max: UNDER_WAY_MS - 1 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(delays, fc.integer({ min: 0, max: 200 }), async (all, readMs) => {
      const store = createStore(readMs);
      store.append(0);
      const { heard, follower } = await follow(store);
      const from = heard[0]!;
      for (let at = 0; at < 120; at++) {
        store.append(all[at % all.length]!);
        await store.clock.advance(100);
      }
      await store.clock.advance(2 * UNDER_WAY_MS);
      expect(heard).toEqual(Array.from({ length: 120 + 1 }, (_, at) => from + at));
      follower.end();
    }),
    { numRuns: 40 },
  );
});

test("of what is lost the rest comes, and what comes after it is whole", async () => {
  const store = createStore(10);
  store.append(0);
  const { heard, follower } = await follow(store);
  store.append(null);
  store.append(null);
  for (let at = 0; at < 40; at++) {
    store.append(300);
    await store.clock.advance(100);
  }
  await store.clock.advance(UNDER_WAY_MS);
  // Read as soon as the first message came that has something missing before it.
  const [first, next, ...rest] = heard;
  expect([first, next! > 3 && next! < 8]).toEqual([1, true]);
  expect(rest).toEqual(Array.from({ length: 43 - next! }, (_, at) => next! + 1 + at));
  follower.end();
});
