import { expect, test } from "bun:test";
import fc from "fast-check";
import { createLossyBus } from "../../../test/support/lossy-bus.ts";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createBusCourier } from "./bus-courier.ts";
import { LONGEST_ASK_MS } from "./courier.ts";

const NODES = ["a", "b", "c"];

const anAsk = fc.record({
  from: fc.constantFrom(...NODES),
  to: fc.constantFrom(...NODES),
  /** After the one before. */
  afterMs: fc.oneof(fc.constant(0), fc.nat(300)),
  withinMs: fc.constantFrom(1, 100, 600, 4_000, 30_000),
  /** Null: its handler answers at once. */
  answerMs: fc.option(fc.nat(1_500)),
});

const someAsks = fc.array(anAsk, { minLength: 1, maxLength: 60, size: "max" });

/** What becomes of one message of the bus: delays of its copies. Used over and over. */
const someFates = fc.array(fc.array(fc.nat(900), { maxLength: 3 }), { minLength: 1, maxLength: 40, size: "max" });

/** When the store is away: from, and for how long. */
const someAbsences = fc.array(fc.tuple(fc.nat(4_000), fc.nat(1_500)), { maxLength: 3 });

/** When everyone takes everyone else for dead, for a moment. */
const somePanics = fc.array(fc.nat(4_000), { maxLength: 2 });

interface Asked {
  readonly from: string;
  readonly to: string;
  readonly afterMs: number;
  readonly withinMs: number;
  readonly answerMs: number | null;
}

interface Weather {
  readonly fates: readonly (readonly number[])[];
  readonly absences: readonly (readonly [number, number])[];
  readonly panics: readonly number[];
  /** From here on the bus behaves. */
  readonly healedAt: number;
}

async function play(asks: readonly Asked[], weather: Weather) {
  const clock = createVirtualClock();
  const start = clock.now();
  const bus = createLossyBus(clock);
  let turn = 0;
  bus.fate = () => (clock.now() - start >= weather.healedAt ? [0] : weather.fates[turn++ % weather.fates.length]!);
  for (const [from, forMs] of weather.absences) {
    clock.after(from, () => (bus.isAway = true));
    clock.after(from + forMs, () => (bus.isAway = false));
  }
  const failures: unknown[] = [];
  const heard: { readonly pair: string; readonly at: number }[] = [];
  const couriers = NODES.map((node) => {
    const courier = createBusCourier({ node, bus, clock, isLive: () => true, failed: (error) => failures.push(error) });
    courier.serve("ask", (body, from) => {
      const at = Number(body);
      heard.push({ pair: `${from}>${node}`, at });
      const { answerMs } = asks[at]!;
      return answerMs === null ? body : new Promise((answer) => void clock.after(answerMs, () => answer(body)));
    });
    courier.start();
    return courier;
  });
  for (const at of weather.panics) {
    clock.after(at, () => couriers.forEach((courier) => NODES.forEach((node) => courier.gone(node))));
  }
  const outcomes: ("open" | "answered" | "failed")[] = asks.map(() => "open");
  for (const [at, { from, to, afterMs, withinMs }] of asks.entries()) {
    await clock.advance(afterMs);
    const courier = couriers.find(({ node }) => node === from)!;
    courier.ask(to, "ask", `${at}`, withinMs).then(
      (body) => (outcomes[at] = body === `${at}` ? "answered" : "open"),
      () => (outcomes[at] = "failed"),
    );
  }
  await clock.advance(LONGEST_ASK_MS);
  return { heard, outcomes, failures };
}

test("whatever the bus does, what is asked is heard once and in order, or its asker hears of it", async () => {
  await fc.assert(
    fc.asyncProperty(someAsks, someFates, someAbsences, somePanics, async (asks, fates, absences, panics) => {
      const weather = { fates, absences, panics, healedAt: Infinity };
      const { heard, outcomes, failures } = await play(asks, weather);
      expect(failures).toEqual([]);
      expect(outcomes).not.toContain("open");
      const pairs = Map.groupBy(heard, ({ pair }) => pair);
      for (const one of pairs.values()) {
        const numbers = one.map(({ at }) => at);
        expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
      }
      const all = new Set(heard.map(({ at }) => at));
      for (const [at, outcome] of outcomes.entries()) if (outcome === "answered") expect(all.has(at)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("whatever the bus did, what is still waited for when it behaves again is answered", async () => {
  const patient = anAsk.map((ask) => ({ ...ask, afterMs: ask.afterMs % 100, withinMs: 30_000 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(patient, { minLength: 1, maxLength: 60, size: "max" }),
      someFates,
      async (asks, fates) => {
        const { heard, outcomes } = await play(asks, { fates, absences: [], panics: [], healedAt: 20_000 });
        expect(new Set(outcomes)).toEqual(new Set(["answered"]));
        expect(heard).toHaveLength(asks.length);
      },
    ),
    { numRuns: 100 },
  );
});
