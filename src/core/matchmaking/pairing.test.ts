import { beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryTickets } from "../../adapters/memory/tickets.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import type { Tickets } from "../../ports/tickets.ts";
import { createPairing } from "./pairing.ts";
import type { Pairing, Wish } from "./types.ts";

const he: Wish = { side: "male", seeks: "female", attributes: "he" };
const she: Wish = { side: "female", seeks: "male", attributes: "she" };

/** A service whose news are written down as short lines, such as `a waiting 1`. */
function record(clock: VirtualClock, tickets: Tickets) {
  const news: string[] = [];
  const failures: unknown[] = [];
  const pairing = createPairing({
    tickets,
    clock,
    queue: "test",
    listener: {
      waiting: (id, position) => news.push(`${id} waiting ${position}`),
      matched: (id, partner, initiator) => news.push(`${id} meets ${partner.id}${initiator ? " and calls" : ""}`),
      parted: (id) => news.push(`${id} parted`),
      overwhelmed: (id) => news.push(`${id} overwhelmed`),
      failed: (error) => failures.push(error),
    },
  });
  const fresh = () => news.splice(0);
  return { pairing, fresh, failures };
}

describe("pairing", () => {
  let clock: VirtualClock;
  let tickets: Tickets;
  let pairing: Pairing;
  let fresh: () => string[];

  beforeEach(() => {
    clock = createVirtualClock();
    tickets = createMemoryTickets({ clock, random: systemRandom });
    ({ pairing, fresh } = record(clock, tickets));
  });

  const pairUp = async (): Promise<void> => {
    await pairing.join("a", he);
    await pairing.join("x", she);
    fresh();
  };

  test("the first waits, the second meets it and calls", async () => {
    await pairing.join("a", he);
    await pairing.join("x", she);
    expect(fresh()).toEqual(["a waiting 1", "a meets x", "x meets a and calls"]);
  });

  test("two of one side wait behind each other", async () => {
    await pairing.join("a", he);
    await pairing.join("b", he);
    expect(fresh()).toEqual(["a waiting 1", "b waiting 2"]);
    await pairing.leave("a");
    await pairing.join("c", he);
    expect(fresh()).toEqual(["c waiting 2"]);
  });

  test("joining again while waiting replaces the wish and goes to the end", async () => {
    await pairing.join("a", he);
    await pairing.join("b", he);
    await pairing.join("a", { ...he, attributes: "older now" });
    expect(fresh()).toEqual(["a waiting 1", "b waiting 2", "a waiting 2"]);
    await pairing.join("x", she);
    expect(fresh()).toEqual(["b meets x", "x meets b and calls"]);
  });

  test("stop parts the two, queues the stopper at once and the partner after a second", async () => {
    await pairUp();
    await pairing.stop("a");
    expect(fresh()).toEqual(["x parted", "a waiting 1"]);
    await clock.advance(999);
    expect(fresh()).toEqual([]);
    await clock.advance(1);
    expect(fresh()).toEqual(["x waiting 1"]);
  });

  test("leaving does the same to the partner, and the one who left is forgotten", async () => {
    await pairUp();
    await pairing.leave("a");
    expect(fresh()).toEqual(["x parted"]);
    await clock.advance(1_000);
    expect(fresh()).toEqual(["x waiting 1"]);
    expect(await pairing.counts()).toEqual({ users: 1, matches: 0, waiting: { female: 1 } });
    await pairing.leave("x");
    expect(await pairing.counts()).toEqual({ users: 0, matches: 0, waiting: {} });
  });

  test("a parted partner that stops or joins meanwhile is queued at once, and only once", async () => {
    for (const act of [() => pairing.stop("x"), () => pairing.join("x", she)]) {
      await pairUp();
      await pairing.leave("a");
      await clock.advance(500);
      await act();
      expect(fresh()).toEqual(["x parted", "x waiting 1"]);
      await clock.advance(2_000);
      expect(fresh()).toEqual([]);
      await pairing.leave("x");
    }
  });

  test("a parted partner that has gone by then is not queued", async () => {
    await pairUp();
    await pairing.stop("a");
    await pairing.leave("x");
    await clock.advance(5_000);
    expect(fresh()).toEqual(["x parted", "a waiting 1"]);
    expect((await pairing.counts()).waiting).toEqual({ male: 1 });
  });

  test("joining again while matched counts as stop", async () => {
    await pairUp();
    await pairing.join("a", he);
    expect(fresh()).toEqual(["x parted", "a waiting 1"]);
  });

  test("stop does nothing for one who waits or never joined", async () => {
    await pairing.stop("nobody");
    await pairing.join("a", he);
    await pairing.join("b", he);
    fresh();
    await pairing.stop("a");
    expect(fresh()).toEqual([]);
    await pairing.join("x", she);
    expect(fresh()[0]).toBe("a meets x");
  });

  test("both stop at once: each is queued, nobody hears of a partner it has left itself", async () => {
    await pairUp();
    await Promise.all([pairing.stop("a"), pairing.stop("x")]);
    expect(fresh()).toEqual(["a waiting 1", "x waiting 1"]);
  });

  describe("two who have parted", () => {
    test("avoid each other while somebody else is there", async () => {
      await pairing.join("a", he);
      await pairing.join("x", she);
      await pairing.join("y", { ...she, attributes: "new" });
      fresh();
      await pairing.stop("a");
      expect(fresh()).toEqual(["x parted", "y meets a", "a meets y and calls"]);
    });

    test("meet again after ten seconds if nobody else came; who waits longer is called", async () => {
      await pairUp();
      await pairing.stop("a");
      await clock.advance(9_999);
      expect(fresh()).toEqual(["x parted", "a waiting 1", "x waiting 1"]);
      await clock.advance(1);
      expect(fresh().toSorted()).toEqual(["a meets x", "x meets a and calls"]);
    });

    test("meet a newcomer at once while they wait", async () => {
      await pairUp();
      await pairing.stop("a");
      await clock.advance(3_000);
      fresh();
      await pairing.join("y", she);
      expect(fresh()).toEqual(["a meets y", "y meets a and calls"]);
      await pairing.join("b", he);
      expect(fresh()).toEqual(["x meets b", "b meets x and calls"]);
      await clock.advance(20_000);
      expect(fresh()).toEqual([]);
    });

    test("meet again without being asked even if each has several to avoid", async () => {
      await pairUp();
      await pairing.join("y", she);
      await pairing.stop("a");
      await clock.advance(4_000);
      await pairing.stop("a");
      await clock.advance(1_000);
      expect(fresh()).toEqual([
        "y waiting 1",
        "x parted",
        "y meets a",
        "a meets y and calls",
        "x waiting 1",
        "y parted",
        "a waiting 1",
        "y waiting 2",
      ]);
      await clock.advance(5_000);
      expect(fresh().toSorted()).toEqual(["a meets x and calls", "x meets a"]);
    });
  });

  describe("relay", () => {
    const relayed: string[] = [];
    const say = (id: string, text: string) =>
      pairing.relay(id, (partner, own) => relayed.push(`${own.attributes} to ${partner.id}: ${text}`));

    beforeEach(() => {
      relayed.length = 0;
    });

    test("reaches the partner at once, with who says it", async () => {
      await pairUp();
      say("a", "hello");
      say("x", "hi");
      expect(relayed).toEqual(["he to x: hello", "she to a: hi"]);
      expect(pairing.totals()).toEqual({ matched: 1, relayed: 2 });
    });

    test("reaches nobody for one who is unmatched or unknown", async () => {
      say("nobody", "hello");
      await pairing.join("a", he);
      say("a", "hello");
      expect(relayed).toEqual([]);
    });

    test("never reaches the partner that was stopped before", async () => {
      await pairUp();
      const stopping = pairing.stop("a");
      say("a", "to whom?");
      say("x", "and this?");
      await stopping;
      expect(relayed).toEqual([]);
    });
  });

  test("whoever asks faster than it is served is given up, not cut short in silence", async () => {
    const slow = Promise.withResolvers<void>();
    const { pairing: busy, fresh: heard } = record(clock, {
      ...tickets,
      place: (ticket) => slow.promise.then(() => tickets.place(ticket)),
    });
    const joins = Array.from({ length: 1_100 }, () => busy.join("a", he));
    expect(heard()).toContain("a overwhelmed");
    slow.resolve();
    await Promise.all(joins);
    expect(heard().filter((line) => line === "a waiting 1")).toHaveLength(1_025);
  });

  test("a draining service takes nobody and makes no match", async () => {
    await pairUp();
    await pairing.join("b", he);
    fresh();
    pairing.drain();
    await expect(pairing.join("y", she)).rejects.toMatchObject({ code: "draining" });
    await pairing.stop("x");
    await clock.advance(20_000);
    expect(fresh()).toEqual(["a parted"]);
  });

  test("a failing store fails the request, and is tried again where nobody asked", async () => {
    let broken = false;
    const {
      pairing: shaky,
      fresh: heard,
      failures,
    } = record(clock, {
      ...tickets,
      place: (ticket) => (broken ? Promise.reject(new Error("store down")) : tickets.place(ticket)),
    });
    await shaky.join("a", he);
    await shaky.join("x", she);
    heard();
    broken = true;
    await expect(shaky.stop("a")).rejects.toThrow("store down");
    await clock.advance(3_000);
    expect(heard()).toEqual(["x parted"]);
    expect(failures.length).toBeGreaterThan(0);
    broken = false;
    await clock.advance(1_000);
    expect(heard()).toEqual(["x waiting 1"]);
    await shaky.stop("a");
    expect(heard()).toEqual(["a waiting 1"]);
  });

  test("whatever is asked, in whatever order answers come, the news make sense and nobody is left over", async () => {
    const ids = ["a", "b", "c", "x", "y", "z"];
    const wishOf = (id: string) => (id < "m" ? he : she);
    const step = fc.record({
      act: fc.constantFrom("join", "join", "stop", "leave", "relay", "wait"),
      id: fc.constantFrom(...ids),
      gap: fc.integer({ min: 0, max: 6 }),
    });
    const delays = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 40 });

    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), delays, async (steps, turns) => {
        const time = createVirtualClock();
        const store = slowed(createMemoryTickets({ clock: time, random: systemRandom }), turns);
        const told = new Map<string, string>();
        const gone = new Set<string>();
        const wrong: string[] = [];
        // What a member asks for may end what it was told before, so it is held to that only while it asks nothing.
        const asking = new Map<string, number>();
        const ask = (id: string, asked: Promise<void>): void => {
          const count = (by: number) => asking.set(id, (asking.get(id) ?? 0) + by);
          count(1);
          pending.push(asked.then(() => void count(-1)));
        };
        const expectState = (id: string, wanted: (state: string) => boolean, event: string): void => {
          const state = told.get(id) ?? "idle";
          if (!asking.get(id) && !wanted(state)) wrong.push(`${id} ${event} while ${state}`);
        };
        const service = createPairing({
          tickets: store,
          clock: time,
          queue: "test",
          listener: {
            waiting: (id) => void told.set(id, "waiting"),
            matched(id, partner) {
              if (wishOf(id) === wishOf(partner.id)) wrong.push(`${id} meets ${partner.id}`);
              expectState(id, (state) => state === "waiting" || state === "parted", `meets ${partner.id}`);
              told.set(id, `in ${partner.id}`);
            },
            parted(id) {
              expectState(id, (state) => state.startsWith("in "), "parted");
              told.set(id, "parted");
            },
            overwhelmed: (id) => void wrong.push(`${id} overwhelmed`),
            failed: (error) => void wrong.push(String(error)),
          },
        });
        const pending: Promise<void>[] = [];
        const turn = async (count: number) => {
          for (let at = 0; at < count; at++) await Promise.resolve();
        };
        for (const { act, id, gap } of steps) {
          if (gone.has(id)) continue;
          if (act === "join") ask(id, service.join(id, wishOf(id)));
          else if (act === "stop") ask(id, service.stop(id));
          else if (act === "leave") {
            gone.add(id);
            ask(id, service.leave(id));
          } else if (act === "relay") {
            service.relay(id, (partner) => {
              if (told.get(partner.id) !== `in ${id}`) wrong.push(`${partner.id} hears ${id}`);
            });
          } else await time.advance(700);
          await turn(gap);
        }
        await Promise.all(pending);
        for (let at = 0; at < 60; at++) {
          await time.advance(500);
          await turn(100);
        }
        expect(wrong).toEqual([]);
        // Nobody new came for 30 seconds: whoever could meet has met.
        const { matches, waiting, users } = await service.counts();
        expect(Math.min(waiting["male"] ?? 0, waiting["female"] ?? 0)).toBe(0);
        expect((waiting["male"] ?? 0) + (waiting["female"] ?? 0) + 2 * matches).toBe(users);
      }),
      { numRuns: 300, examples: [newsOfAnOldTicket] },
    );
  });
});

/** Once told a member, who had meanwhile met somebody else, of the match its earlier ticket had been in. */
const newsOfAnOldTicket: [{ act: string; id: string; gap: number }[], number[]] = [
  ["c", "x", "x", "c", "z"].map((id) => ({ act: "join", id, gap: 0 })),
  [0],
];

/** The same store, but every answer takes some turns of the event loop on its way there and back. */
function slowed(tickets: Tickets, turns: readonly number[]): Tickets {
  let at = 0;
  const wander = async () => {
    for (let left = turns[at++ % turns.length]!; left > 0; left--) await Promise.resolve();
  };
  const slow =
    <Args extends unknown[], Result>(verb: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await wander();
      const result = await verb(...args);
      await wander();
      return result;
    };
  return {
    place: slow(tickets.place),
    reconsider: slow(tickets.reconsider),
    withdraw: slow(tickets.withdraw),
    matchOf: slow(tickets.matchOf),
    end: slow(tickets.end),
    counts: tickets.counts,
  };
}
