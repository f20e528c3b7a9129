import { beforeEach, describe, expect, test } from "bun:test";
import { createPairingNode } from "../../../test/support/pairing-node.ts";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryTickets } from "../../adapters/memory/tickets.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import type { Tickets } from "../../ports/tickets.ts";
import type { Pairing, Wish } from "./types.ts";

const he: Wish = { side: "male", seeks: "female", attributes: "he" };
const she: Wish = { side: "female", seeks: "male", attributes: "she" };

/** A service of one node. */
const record = (clock: VirtualClock, tickets: Tickets) => createPairingNode({ clock, tickets });

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

  test("it is counted what becomes of those who want somebody, and how long the matched ones waited", async () => {
    await pairing.join("a", he);
    await pairing.join("b", he);
    await clock.advance(30_000);
    await pairing.join("x", she);
    await pairing.leave("b");
    await pairing.leave("a");
    expect(pairing.totals().tickets).toEqual({ formed: 3, matched: 2, cancelled: 1, expired: 0 });
    expect(pairing.totals().waits).toMatchObject({ count: 2, sum: 30 });
  });

  test("whoever an operator takes out of its line has given up, and waits anew if it joins again", async () => {
    await pairing.join("a", he);
    expect(await pairing.cancel("a")).toBe(true);
    expect(pairing.totals().tickets).toEqual({ formed: 1, matched: 0, cancelled: 1, expired: 0 });
    await clock.advance(60_000);
    await pairing.join("a", he);
    await pairing.join("x", she);
    expect(pairing.totals().tickets).toEqual({ formed: 3, matched: 2, cancelled: 1, expired: 0 });
    expect(pairing.totals().waits).toMatchObject({ count: 2, sum: 0 });
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
    expect(await pairing.counts()).toEqual({ users: 1, usersHere: 1, matches: 0, waiting: { female: 1 } });
    await pairing.leave("x");
    expect(await pairing.counts()).toEqual({ users: 0, usersHere: 0, matches: 0, waiting: {} });
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
    const say = (id: string, text: string) => pairing.relay(id, (own) => `${String(own.attributes)}: ${text}`);

    test("reaches the partner at once, with who says it", async () => {
      await pairUp();
      void say("a", "hello");
      void say("x", "hi");
      expect(fresh()).toEqual(["x hears he: hello", "a hears she: hi"]);
      expect(pairing.totals()).toMatchObject({
        matched: 1,
        relayed: 2,
        relays: { delivered: 2, unreachable: 0, refused: 0 },
        tickets: { formed: 2, matched: 2, cancelled: 0, expired: 0 },
        waits: { count: 2 },
      });
    });

    test("reaches nobody for one who is unmatched or unknown", async () => {
      await say("nobody", "hello");
      await pairing.join("a", he);
      await say("a", "hello");
      expect(fresh()).toEqual(["a waiting 1"]);
    });

    test("passes nothing on where there is nothing to say", async () => {
      await pairUp();
      await pairing.relay("a", () => undefined);
      expect(fresh()).toEqual([]);
    });

    test("fails for the one whose message could not be made", async () => {
      await pairUp();
      const saying = pairing.relay("a", () => {
        throw new Error("no words");
      });
      await expect(saying).rejects.toThrow("no words");
    });

    test("never reaches the partner that was stopped before", async () => {
      await pairUp();
      const stopping = pairing.stop("a");
      void say("a", "to whom?");
      void say("x", "and this?");
      await stopping;
      expect(fresh().filter((line) => line.includes("hears"))).toEqual([]);
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
});
