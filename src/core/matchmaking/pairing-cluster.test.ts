import { beforeEach, describe, expect, test } from "bun:test";
import { createPairingNode, createSharedGround, type PairingNode } from "../../../test/support/pairing-node.ts";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryTickets } from "../../adapters/memory/tickets.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import { NodeUnreachable } from "../cluster/courier.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Tickets } from "../../ports/tickets.ts";
import type { Wish } from "./types.ts";

const he: Wish = { side: "male", seeks: "female", attributes: "he" };
const she: Wish = { side: "female", seeks: "male", attributes: "she" };

describe("pairing between nodes", () => {
  let clock: VirtualClock;
  /** What all nodes reach; a test may put something else in its place. */
  let store: Tickets;
  let one: PairingNode;
  let two: PairingNode;
  let three: PairingNode;

  const emptyStore = () => createMemoryTickets({ clock, random: systemRandom });
  const away = () => Promise.reject(new StoreUnavailable(new Error("away")));

  beforeEach(async () => {
    clock = createVirtualClock();
    store = emptyStore();
    const tickets: Tickets = {
      place: (ticket) => store.place(ticket),
      reconsider: (id) => store.reconsider(id),
      withdraw: (id, entry) => store.withdraw(id, entry),
      matchOf: (id) => store.matchOf(id),
      end: (id) => store.end(id),
      ofNode: (node) => store.ofNode(node),
      counts: () => store.counts(),
    };
    const ground = createSharedGround(clock);
    [one, two, three] = ["one", "two", "three"].map((node) => createPairingNode({ clock, tickets, ground, node })) as [
      PairingNode,
      PairingNode,
      PairingNode,
    ];
    for (const node of [one, two, three]) await node.start();
  });

  const fresh = () => [...one.fresh(), ...two.fresh(), ...three.fresh()];
  const pairUp = async (): Promise<void> => {
    await one.pairing.join("a", he);
    await two.pairing.join("x", she);
    await clock.advance(0);
    expect(fresh()).toEqual(["a waiting 1", "a meets x", "x meets a and calls"]);
  };
  const standing = async () => {
    const ids: string[] = [];
    for (const node of ["one", "two", "three"])
      for await (const page of store.ofNode(node)) ids.push(...page.map(({ id }) => id));
    return ids.toSorted();
  };

  test("two on different nodes meet, talk in order, part and are queued again", async () => {
    await pairUp();
    for (let at = 0; at < 50; at++) void two.pairing.relay("x", () => at);
    void one.pairing.relay("a", () => "hi");
    await clock.advance(0);
    expect(one.fresh()).toEqual(Array.from({ length: 50 }, (_, at) => `a hears ${at}`));
    expect(two.fresh()).toEqual(["x hears hi"]);
    await one.pairing.stop("a");
    await clock.advance(0);
    expect(fresh()).toEqual(["a waiting 1", "x parted"]);
    await clock.advance(1_000);
    expect(fresh()).toEqual(["x waiting 1"]);
  });

  test("what was said before a stop arrives, what is said behind it does not", async () => {
    await pairUp();
    void one.pairing.relay("a", () => "before");
    const stopping = one.pairing.stop("a");
    void one.pairing.relay("a", () => "behind");
    await stopping;
    await clock.advance(0);
    expect(two.fresh()).toEqual(["x hears before", "x parted"]);
  });

  test("who leaves parts from a partner elsewhere", async () => {
    await pairUp();
    await one.pairing.leave("a");
    await clock.advance(1_000);
    expect(fresh()).toEqual(["x parted", "x waiting 1"]);
    expect(await standing()).toEqual(["x"]);
  });

  test("two that have parted meet again after ten seconds if nobody else came", async () => {
    await pairUp();
    await two.pairing.stop("x");
    await clock.advance(9_999);
    fresh();
    await clock.advance(1);
    expect(fresh()).toEqual(["a meets x and calls", "x meets a"]);
  });

  test("figures are of all nodes", async () => {
    await pairUp();
    await three.pairing.join("y", she);
    for (const node of [one, two, three])
      expect(await node.pairing.counts()).toEqual({ users: 3, usersHere: 1, matches: 1, waiting: { female: 1 } });
  });

  test("while the store is away figures are of this node", async () => {
    await pairUp();
    await one.pairing.join("b", he);
    store = { ...store, counts: away };
    expect(await one.pairing.counts()).toEqual({ users: 2, usersHere: 2, matches: 1, waiting: { male: 1 } });
    expect(await two.pairing.counts()).toEqual({ users: 1, usersHere: 1, matches: 1, waiting: {} });
  });

  test("a ticket whose owner has gone without a trace is passed by", async () => {
    for (const id of ["ghost", "ghoul"])
      await store.place({ id, entry: 1, node: "two", side: "female", seeks: "male", attributes: null, avoid: [] });
    await three.pairing.join("y", she);
    await one.pairing.join("a", he);
    await clock.advance(0);
    expect(fresh()).toEqual(["a meets y and calls", "y waiting 3", "y meets a"]);
    expect(await standing()).toEqual(["a", "y"]);
  });

  test("news of an entry that is not the newest ends that match", async () => {
    await one.pairing.join("a", he);
    const stale = { id: "a", entry: 99, node: "one", side: "male", seeks: "female", attributes: null, avoid: [] };
    await store.withdraw("a");
    await store.place(stale);
    fresh();
    await two.pairing.join("x", she);
    await clock.advance(0);
    expect(fresh()).toEqual(["x waiting 1"]);
    expect(await standing()).toEqual(["x"]);
  });

  describe("a node that dies", () => {
    test("leaves no ticket, and partners hear of it once within ten seconds", async () => {
      await pairUp();
      await two.pairing.join("y", she);
      await one.pairing.join("b", he);
      await two.pairing.join("z", she);
      await clock.advance(0);
      fresh();
      two.die();
      await clock.advance(10_000);
      const news = fresh();
      expect(news.filter((line) => line === "a parted")).toHaveLength(1);
      expect(news.filter((line) => line === "b parted")).toHaveLength(1);
      expect(news.filter((line) => line.includes("waiting")).toSorted()).toEqual(["a waiting 1", "b waiting 2"]);
      expect(await standing()).toEqual(["a", "b"]);
    });

    test("is found out at once by what is relayed to it", async () => {
      await pairUp();
      two.die();
      await one.pairing.relay("a", () => "hello?");
      await clock.advance(1_000);
      expect(fresh()).toEqual(["a parted", "a waiting 1"]);
      expect(await standing()).toEqual(["a"]);
    });

    test("is passed by when somebody meets a ticket of it", async () => {
      await two.pairing.join("x", she);
      two.die();
      await three.pairing.join("y", she);
      fresh();
      await one.pairing.join("a", he);
      await clock.advance(0);
      expect(fresh()).toEqual([]);
      await clock.advance(1_000);
      expect(fresh()).toEqual(["a meets y and calls", "y meets a"]);
    });

    test("gets its tickets back if it wakes while a survivor clears up after it", async () => {
      await two.pairing.join("y", she);
      await two.pairing.join("z", she);
      fresh();
      two.die();
      const good = store;
      const { promise: slow, resolve: goOn } = Promise.withResolvers<void>();
      store = { ...good, withdraw: (id, entry) => slow.then(() => good.withdraw(id, entry)) };
      await clock.advance(9_000);
      two.wake();
      store = good;
      await clock.advance(3_000);
      await two.pairing.join("z", she);
      expect(fresh()).toEqual(["z waiting 2"]);
      goOn();
      await clock.advance(0);
      expect(await standing()).toEqual(["z"]);
      await clock.advance(5_000);
      expect(fresh()).toEqual(["y waiting 2"]);
      expect(await standing()).toEqual(["y", "z"]);
    });

    test("finds its members told and queued again when it was only paused", async () => {
      await pairUp();
      await two.pairing.join("y", she);
      fresh();
      two.die();
      await clock.advance(9_000);
      expect(fresh()).toEqual(["a parted", "a waiting 1"]);
      expect(await standing()).toEqual(["a"]);
      two.wake();
      await clock.advance(4_000);
      expect(fresh().toSorted()).toEqual(["a meets y", "x parted", "x waiting 1", "y meets a and calls"]);
      await clock.advance(20_000);
      expect(fresh()).toEqual([]);
      expect(await standing()).toEqual(["a", "x", "y"]);
      expect(await one.pairing.counts()).toEqual({ users: 3, usersHere: 1, matches: 1, waiting: { female: 1 } });
    });
  });

  describe("a store that loses everything", () => {
    const isBack = async (): Promise<void> => {
      for (const node of [one, two, three]) node.die();
      await clock.advance(3_000);
      store = emptyStore();
      for (const node of [one, two, three]) node.wake();
      await clock.advance(3_000);
    };

    test("parts the matched and queues everybody again", async () => {
      await pairUp();
      await three.pairing.join("y", she);
      fresh();
      await isBack();
      await clock.advance(1_000);
      expect(fresh().toSorted()).toEqual([
        "a meets y and calls",
        "a parted",
        "x parted",
        "x waiting 1",
        "y meets a",
        "y waiting 1",
      ]);
      expect(await standing()).toEqual(["a", "x", "y"]);
    });

    test("does not keep a partner from hearing that the other has stopped", async () => {
      await pairUp();
      store = emptyStore();
      await one.pairing.stop("a");
      await clock.advance(1_000);
      expect(fresh()).toEqual(["a waiting 1", "x parted", "x waiting 1"]);
    });

    test("nor that the other has gone", async () => {
      await pairUp();
      store = emptyStore();
      await one.pairing.leave("a");
      await clock.advance(1_000);
      expect(fresh()).toEqual(["x parted", "x waiting 1"]);
    });
  });

  describe("a store that comes back as it was", () => {
    test("leaves everybody in peace", async () => {
      await pairUp();
      await three.pairing.join("y", she);
      await three.pairing.join("z", she);
      fresh();
      for (const node of [one, two, three]) node.die();
      await clock.advance(3_000);
      for (const node of [one, two, three]) node.wake();
      await clock.advance(20_000);
      expect(fresh()).toEqual([]);
      await one.pairing.join("b", he);
      await clock.advance(0);
      expect(fresh()).toEqual(["b meets y and calls", "y meets b"]);
    });

    test("keeps no ticket of one who left meanwhile, and its partner hears of it", async () => {
      await pairUp();
      await one.pairing.join("y", she);
      const good = store;
      store = { ...good, end: away, withdraw: away, matchOf: away };
      await expect(one.pairing.leave("a")).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(one.pairing.leave("y")).rejects.toBeInstanceOf(StoreUnavailable);
      await clock.advance(500);
      expect(fresh()).toEqual(["y waiting 1", "x parted"]);
      await clock.advance(5_000);
      store = good;
      await clock.advance(3_000);
      expect(fresh()).toEqual([expect.stringMatching(/^x waiting [12]$/)]);
      expect(await standing()).toEqual(["x"]);
    });

    test("keeps no ticket of one that was told it has none", async () => {
      const good = store;
      // Done, but the answer is lost.
      store = { ...good, place: (ticket) => good.place(ticket).then(away) };
      await expect(one.pairing.join("a", he)).rejects.toBeInstanceOf(StoreUnavailable);
      store = good;
      expect(await standing()).toEqual(["a"]);
      await clock.advance(1_000);
      expect(await standing()).toEqual([]);
      await one.pairing.stop("a");
      expect(fresh()).toEqual(["a waiting 1"]);
      await clock.advance(5_000);
      expect(await standing()).toEqual(["a"]);
    });

    test("brings nobody together with one that was told it is in no line", async () => {
      const good = store;
      store = { ...good, place: (ticket) => good.place(ticket).then(away) };
      await expect(one.pairing.join("a", he)).rejects.toBeInstanceOf(StoreUnavailable);
      store = good;
      await two.pairing.join("x", she);
      expect(fresh()).toEqual(["x waiting 1"]);
    });

    test("brings nobody together with one that does not know", async () => {
      await one.pairing.join("a", he);
      const good = store;
      store = { ...good, place: (ticket) => good.place(ticket).then(away) };
      await expect(two.pairing.join("x", she)).rejects.toBeInstanceOf(StoreUnavailable);
      store = good;
      await clock.advance(3_000);
      expect(fresh()).toEqual(["a waiting 1", "a waiting 1"]);
      expect(await standing()).toEqual(["a"]);
    });
  });

  test("a relay that cannot be carried fails for its sender, and the match goes on", async () => {
    await pairUp();
    const lost = new StoreUnavailable(new Error("away"));
    const { ask } = one.courier;
    Object.assign(one.courier, { ask: () => Promise.reject(lost) });
    await expect(one.pairing.relay("a", () => "hello?")).rejects.toBe(lost);
    Object.assign(one.courier, { ask });
    await one.pairing.relay("a", () => "hello!");
    expect(fresh()).toEqual(["x hears hello!"]);
  });

  test("a partner of whom nobody knows whether it has heard is parted again", async () => {
    const { ask } = two.courier;
    const unanswered = async (...args: Parameters<typeof ask>): Promise<string> => {
      await ask(...args);
      throw new NodeUnreachable("one");
    };
    Object.assign(two.courier, { ask: unanswered });
    await one.pairing.join("a", he);
    await two.pairing.join("x", she);
    await clock.advance(0);
    Object.assign(two.courier, { ask });
    expect(fresh()).toEqual(["a waiting 1", "a meets x", "a parted"]);
    await clock.advance(1_000);
    expect(fresh().toSorted()).toEqual(["a waiting 1", "x waiting 1"]);
    await clock.advance(9_000);
    expect(fresh().toSorted()).toEqual([expect.stringContaining("a meets x"), expect.stringContaining("x meets a")]);
  });

  test("a parting that cannot be told is told later", async () => {
    await pairUp();
    const { ask } = one.courier;
    Object.assign(one.courier, { ask: away });
    await one.pairing.stop("a");
    await clock.advance(3_500);
    expect(fresh()).toEqual(["a waiting 1"]);
    Object.assign(one.courier, { ask });
    await clock.advance(500);
    expect(fresh()).toEqual(["x parted"]);
  });

  test("settled waits until those who left are out of the lines", async () => {
    await pairUp();
    const slow = Promise.withResolvers<void>();
    const good = store;
    store = { ...good, end: (id) => slow.promise.then(() => good.end(id)) };
    const leaving = one.pairing.leave("a");
    let isSettled = false;
    const settled = one.pairing.settled().then(() => (isSettled = true));
    await clock.advance(0);
    expect(isSettled).toBe(false);
    slow.resolve();
    await Promise.all([leaving, settled]);
    expect(await standing()).toEqual([]);
  });
});
