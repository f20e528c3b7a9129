import { beforeEach, describe, expect, test } from "bun:test";
import { createStoppableClock } from "../../../test/support/stoppable-clock.ts";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryNodes } from "../../adapters/memory/nodes.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Nodes } from "../../ports/nodes.ts";
import { StoreOverloaded, StoreUnavailable } from "../../ports/store-error.ts";
import { HEARD_MS } from "./deaths.ts";
import { createMembership } from "./leased-membership.ts";
import { NODE_LEASE_MS, type Membership } from "./membership.ts";

/** What a dead node's clearing may take: from its last sign of life. */
const CLEARED_MS = 10_000;

describe("a membership", () => {
  let clock: VirtualClock;
  let store: Nodes;
  let isAway: boolean;
  let failures: unknown[];
  /** Who has cleared up after whom. */
  let cleared: string[];
  /** Whose clearing-up succeeds only after so many attempts. */
  let refusals: number;

  beforeEach(() => {
    clock = createVirtualClock();
    store = createMemoryNodes(clock);
    isAway = false;
    failures = [];
    cleared = [];
    refusals = 0;
  });

  const reach: Nodes = {
    beat: async (node, ttlMs) => within(() => store.beat(node, ttlMs)),
    live: async () => within(() => store.live()),
    dead: async () => within(() => store.dead()),
    forget: async (id) => within(() => store.forget(id)),
    amend: async (...args) => within(() => store.amend(...args)),
    leave: async (id) => within(() => store.leave(id)),
  };
  async function within<T>(call: () => Promise<T>): Promise<T> {
    if (isAway) throw new StoreUnavailable(new Error("away"));
    return call();
  }

  interface Member extends Membership {
    readonly returns: number;
  }
  const join = async (node: string, own: Clock = clock, faces: readonly string[] = []): Promise<Member> => {
    const membership = createMembership({
      node,
      nodes: reach,
      clock: own,
      faces,
      failed: (error) => failures.push(error),
    });
    let returns = 0;
    membership.onDeath(async (dead) => {
      if (refusals-- > 0) throw new Error("not yet");
      cleared.push(`${node} after ${dead}`);
    });
    membership.onReturn(() => void returns++);
    await membership.start();
    return Object.defineProperty(membership, "returns", { get: () => returns }) as Member;
  };
  /** A node that stops dead when told to. */
  const joinMortal = async (node: string, faces: readonly string[] = []) => {
    const own = createStoppableClock(clock);
    return Object.assign(own, { member: await join(node, own, faces) });
  };

  test("sees who is there", async () => {
    const a = await join("a");
    expect(a.isLive("a")).toBe(true);
    expect(a.isLive("b")).toBe(false);
    await join("b");
    await clock.advance(1_000);
    expect(a.isLive("b")).toBe(true);
    expect(
      a
        .live()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(["a", "b"]);
  });

  test("knows which nodes serve a face, and takes one that does not say for one that serves all", async () => {
    const a = await join("a", clock, ["rooms"]);
    expect([a.serving("rooms"), a.serving("devices")]).toEqual([["a"], []]);
    await join("b", clock, ["devices", "rooms"]);
    await store.beat({ id: "c", value: "" }, 60_000);
    await store.beat({ id: "d", value: "{}" }, 60_000);
    await clock.advance(1_000);
    const serving = (face: string) => [...a.serving(face)].toSorted();
    expect(serving("rooms")).toEqual(["a", "b", "c", "d"]);
    expect(serving("devices")).toEqual(["b", "c", "d"]);
  });

  test("a dead node is not forgotten before somebody who serves its faces has cleared up after it", async () => {
    await join("a", clock, ["devices"]);
    const mortal = await joinMortal("b", ["devices", "chat"]);
    await clock.advance(20_000);
    mortal.stop();
    await clock.advance(60_000);
    expect(cleared).toEqual(["a after b"]);
    expect((await store.dead()).map(({ id }) => id)).toEqual(["b"]);
    await join("c", clock, ["rooms"]);
    await clock.advance(60_000);
    expect(cleared).toEqual(["a after b"]);
    await join("d", clock, ["chat", "rooms"]);
    await clock.advance(CLEARED_MS);
    expect(cleared).toEqual(["a after b", "d after b"]);
    expect(await store.dead()).toEqual([]);
    await clock.advance(60_000);
    expect(cleared).toHaveLength(2);
  });

  test("several that serve a part each of what a dead node served clear it up together, each once", async () => {
    await join("a", clock, ["chat"]);
    await join("b", clock, ["devices"]);
    const mortal = await joinMortal("c", ["devices", "chat"]);
    await clock.advance(20_000);
    mortal.stop();
    await clock.advance(CLEARED_MS);
    expect(new Set(cleared)).toEqual(new Set(["a after c", "b after c"]));
    expect(await store.dead()).toEqual([]);
  });

  test("a node that comes back serves again what had been cleared up", async () => {
    const a = await join("a", clock, ["devices"]);
    const mortal = await joinMortal("b", ["devices", "chat"]);
    await clock.advance(20_000);
    mortal.stop();
    await clock.advance(20_000);
    mortal.goOn();
    await clock.advance(2_000);
    expect([...a.serving("devices")].toSorted()).toEqual(["a", "b"]);
  });

  test("survivors clear up after a node that died, within ten seconds, and then never again", async () => {
    const a = await join("a");
    await join("b");
    const mortal = await joinMortal("c");
    await clock.advance(20_000);
    mortal.stop();
    await clock.advance(NODE_LEASE_MS - 2_001);
    expect(cleared).toEqual([]);
    await clock.advance(CLEARED_MS - NODE_LEASE_MS + 2_001);
    expect(cleared.toSorted()).toEqual(["a after c", "b after c"]);
    expect(a.isLive("c")).toBe(false);
    expect(await store.dead()).toEqual([]);
    await clock.advance(60_000);
    expect(cleared).toHaveLength(2);
  });

  test("clearing up that fails is tried again until all of it has succeeded", async () => {
    const a = await join("a");
    const others: string[] = [];
    a.onDeath(async (dead) => void others.push(dead));
    const mortal = await joinMortal("b");
    await clock.advance(20_000);
    refusals = 3;
    mortal.stop();
    await clock.advance(CLEARED_MS);
    expect(cleared).toEqual(["a after b"]);
    expect(others).toEqual(["b", "b", "b", "b"]);
    expect(failures.map(String)).toEqual(["Error: not yet", "Error: not yet", "Error: not yet"]);
    expect(await store.dead()).toEqual([]);
  });

  test("clearing up that takes long is not begun twice, and the node goes on living meanwhile", async () => {
    const a = await join("a");
    let began = 0;
    let finish = (): void => undefined;
    a.onDeath(() => {
      began++;
      return new Promise((done) => (finish = done));
    });
    const mortal = await joinMortal("b");
    await clock.advance(20_000);
    mortal.stop();
    await clock.advance(30_000);
    expect(began).toBe(1);
    expect((await store.live()).map(({ id }) => id)).toEqual(["a"]);
    expect((await store.dead()).map(({ id }) => id)).toEqual(["b"]);
    finish();
    await clock.advance(1);
    expect(await store.dead()).toEqual([]);
  });

  test("a node that was stopped for forty seconds joins again before it says what it has", async () => {
    await join("a");
    const sleeper = await joinMortal("b");
    await clock.advance(20_000);
    let joined: Promise<boolean> | null = null;
    sleeper.member.onReturn(() => {
      joined = store.live().then((live) => live.some(({ id }) => id === "b"));
    });
    sleeper.stop();
    await clock.advance(40_000);
    expect(cleared).toEqual(["a after b"]);
    sleeper.goOn();
    await clock.advance(0);
    expect(sleeper.member.returns).toBe(1);
    expect(await joined!).toBe(true);
    await clock.advance(60_000);
    expect(sleeper.member.returns).toBe(2);
    expect(cleared).toEqual(["a after b"]);
  });

  test("a moment's pause is no return", async () => {
    const sleeper = await joinMortal("a");
    await clock.advance(20_000);
    sleeper.stop();
    await clock.advance(3_000);
    sleeper.goOn();
    await clock.advance(20_000);
    expect(sleeper.member.returns).toBe(0);
  });

  test("one listener's exception keeps nothing from the others", async () => {
    const a = await join("a");
    let heard = 0;
    a.onReturn(() => {
      throw new Error("deaf");
    });
    a.onReturn(() => void heard++);
    await clock.advance(10_000);
    store = createMemoryNodes(clock);
    await clock.advance(2_000);
    expect([a.returns, heard]).toEqual([1, 1]);
    expect(failures.map(String)).toEqual(["Error: deaf"]);
  });

  test("a store that was emptied hears everything again, and nobody is taken for dead meanwhile", async () => {
    const [a, b] = [await join("a"), await join("b")];
    await clock.advance(20_000);
    store = createMemoryNodes(clock);
    for (let ms = 0; ms < 20_000; ms += 100) {
      await clock.advance(100);
      expect([a.isLive("b"), b.isLive("a")]).toEqual([true, true]);
      if (ms === 2_000) expect([a.returns, b.returns]).toEqual([1, 1]);
    }
    expect(cleared).toEqual([]);
  });

  test("a store that was away hears everything within two seconds, and nobody is taken for dead", async () => {
    const [a, b] = [await join("a"), await join("b")];
    await clock.advance(20_000);
    isAway = true;
    await clock.advance(60_000);
    expect([a.returns, b.returns]).toEqual([0, 0]);
    expect(failures).toHaveLength(2);
    isAway = false;
    await clock.advance(2_000);
    expect([a.returns, b.returns]).toEqual([1, 1]);
    await clock.advance(60_000);
    expect(cleared).toEqual([]);
    expect(await store.dead()).toEqual([]);
  });

  test("a node that died while the store was away is cleared up after when it is back", async () => {
    await join("a");
    const mortal = await joinMortal("b");
    await clock.advance(20_000);
    isAway = true;
    mortal.stop();
    await clock.advance(60_000);
    isAway = false;
    await clock.advance(CLEARED_MS);
    expect(cleared).toEqual(["a after b"]);
  });

  test("a store that is away at the start keeps nobody from starting, and is told when it comes", async () => {
    isAway = true;
    const a = await join("a");
    await clock.advance(5_000);
    expect([a.isLive("a"), a.returns]).toEqual([true, 0]);
    isAway = false;
    await clock.advance(1_000);
    expect(a.returns).toBe(1);
    expect((await store.live()).map(({ id }) => id)).toEqual(["a"]);
    expect(failures).toHaveLength(1);
  });

  test("a store that has too much to do is not away: nothing is said again to it", async () => {
    const [a, b] = [await join("a"), await join("b")];
    await clock.advance(20_000);
    const calm = store;
    const refuse = async () => Promise.reject(new StoreOverloaded("too much"));
    store = { ...calm, beat: refuse, live: refuse, dead: refuse };
    await clock.advance(3_000);
    store = calm;
    await clock.advance(20_000);
    expect([a.returns, b.returns]).toEqual([0, 0]);
    expect([a.isLive("b"), b.isLive("a")]).toEqual([true, true]);
    expect(cleared).toEqual([]);
  });

  test("whoever could not beat for too long because the store had too much to do has to say again what it has", async () => {
    const a = await join("a");
    await clock.advance(20_000);
    const calm = store;
    store = { ...calm, beat: async () => Promise.reject(new StoreOverloaded("too much")) };
    await clock.advance(NODE_LEASE_MS + 1_000);
    store = calm;
    await clock.advance(2_000);
    expect(a.returns).toBe(1);
  });

  test("a node that was there is dead once its lease has ended, until it is back or forgotten", async () => {
    const a = await join("a");
    const mortal = await joinMortal("b");
    await clock.advance(20_000);
    expect([a.isDead("a"), a.isDead("b"), a.isDead("nobody")]).toEqual([false, false, false]);
    mortal.stop();
    await clock.advance(CLEARED_MS);
    expect(a.isDead("b")).toBe(true);
    mortal.goOn();
    await clock.advance(2_000);
    expect(a.isDead("b")).toBe(false);
    mortal.stop();
    await clock.advance(300_000);
    expect(a.isDead("b")).toBe(true);
    await clock.advance(400_000);
    expect(a.isDead("b")).toBe(false);
  });

  test("a node that was heard a moment ago is not dead yet, whatever is known of its lease", async () => {
    const a = await join("a");
    const mortal = await joinMortal("b");
    await clock.advance(20_000);
    mortal.stop();
    await clock.advance(CLEARED_MS);
    a.heard("b");
    await clock.advance(HEARD_MS);
    expect(a.isDead("b")).toBe(false);
    await clock.advance(1);
    expect(a.isDead("b")).toBe(true);
  });

  test("nobody is dead because the store was away or emptied", async () => {
    const a = await join("a");
    await join("b");
    await clock.advance(20_000);
    for (const happens of [() => (isAway = true), () => (isAway = false), () => (store = createMemoryNodes(clock))]) {
      happens();
      for (let ms = 0; ms < 20_000; ms += 100) {
        await clock.advance(100);
        expect(a.isDead("b")).toBe(false);
      }
    }
  });

  test("a node that died before this one came is dead to it while it clears up", async () => {
    await store.beat({ id: "b", value: "" }, 1);
    const a = await join("a");
    let wasDead = false;
    a.onDeath(async (dead) => void (wasDead = a.isDead(dead)));
    await clock.advance(CLEARED_MS);
    expect([wasDead, await store.dead()]).toEqual([true, []]);
  });

  test("a node that leaves is gone at once, and what it may have left behind is looked for", async () => {
    const a = await join("a");
    const b = await join("b");
    await clock.advance(20_000);
    await b.stop();
    await clock.advance(1_000);
    expect(a.isLive("b")).toBe(false);
    await clock.advance(60_000);
    expect(cleared).toEqual(["a after b"]);
    expect(await store.dead()).toEqual([]);
  });

  test("does not ask a slow store twice at once", async () => {
    let open = 0;
    let most = 0;
    const patient = store;
    store = {
      ...patient,
      async beat(node, ttlMs) {
        most = Math.max(most, ++open);
        await new Promise<void>((go) => clock.after(3_000, go));
        open--;
        return patient.beat(node, ttlMs);
      },
    };
    const joining = join("a");
    await clock.advance(30_000);
    await joining;
    expect(most).toBe(1);
  });
});
