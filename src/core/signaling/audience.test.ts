import { beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createListeningNodes, type Ear, type ListeningNode } from "../../../test/support/listening-nodes.ts";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { MAX_LISTENERS } from "./audience.ts";

let clock: VirtualClock;
let nodes: ReturnType<typeof createListeningNodes>;
let one: ListeningNode;
let two: ListeningNode;
let three: ListeningNode;

beforeEach(() => {
  clock = createVirtualClock();
  nodes = createListeningNodes(clock);
  [one, two, three] = [nodes.node("one"), nodes.node("two"), nodes.node("three")];
});

const settle = () => clock.advance(0);
const announced = async (node: ListeningNode, peer: string, session = "s"): Promise<Ear> => {
  const ear = await node.listen(session, peer);
  await ear.announce();
  await settle();
  return ear;
};
const present = async (session = "s") => (await nodes.presences.of([session])).get(session) ?? [];

describe("peers on several nodes", () => {
  test("who joins is answered with the others, wherever they are, and these are told once", async () => {
    const [a, b] = [await announced(one, "a"), await announced(two, "b")];
    const silent = await two.listen("s", "silent");
    const c = await one.listen("s", "c");
    expect([...(await c.announce())!].sort()).toEqual(["a", "b"]);
    await settle();
    expect(await c.announce()).toHaveLength(2);
    await settle();
    expect([a.heard, b.heard, c.heard, silent.heard]).toEqual([["arrived b", "arrived c"], ["arrived c"], [], []]);
    c.listener.leave();
    silent.listener.leave();
    await settle();
    expect([a.heard.at(-1), b.heard.at(-1)]).toEqual(["departed c", "departed c"]);
    expect([...a.vain, ...b.vain, ...silent.heard]).toEqual([]);
    expect((await present()).map(({ member }) => member).sort()).toEqual(["a", "b"]);
  });

  test("those who join at the same moment all know each other, and nobody twice", async () => {
    const all = await Promise.all([one, two, three].map((node) => node.listen("s", node.id)));
    await Promise.all(all.map((ear) => ear.announce()));
    await settle();
    for (const ear of all) {
      expect([...ear.believes!, ear.listener.peer].sort()).toEqual(["one", "three", "two"]);
      expect(ear.vain).toEqual([]);
    }
  });

  test("sessions do not hear of each other", async () => {
    const a = await announced(one, "a", "s");
    await announced(two, "b", "other");
    expect(a.heard).toEqual([]);
  });

  test("mail reaches a listener on any node", async () => {
    const b = await two.listen("s", "b");
    await settle();
    const mail = { mailbox: "s", kind: "offer", from: "a", to: "b", content: "x", ttlMs: 1_000, supersedes: [] };
    await nodes.mailboxes.post(mail, { mailbox: { count: 9, bytes: 99 }, sender: { count: 9, bytes: 99 } });
    await settle();
    expect(b.heard).toEqual(["x"]);
  });

  test("too many at once are turned away, however many nodes they are on", async () => {
    const [first, second] = [one, two].map((node, at) =>
      Promise.all(Array.from({ length: MAX_LISTENERS / 2 }, (_, n) => node.listen("s", `${at}-${n}`))),
    );
    const all = [...(await first!), ...(await second!)];
    expect(all.flatMap(({ heard }) => heard)).toEqual([]);
    expect((await three.listen("s", "one too many")).heard).toEqual(["end crowded"]);
    expect((await three.listen("s", "0-0")).heard).toEqual([]);
    await settle();
    expect((await present()).length).toBe(MAX_LISTENERS);
  });
});

describe("a peer that comes again on another node", () => {
  test("takes over: the older connection is ended, and the others hear nothing of it", async () => {
    const [a, b] = [await announced(one, "a"), await announced(two, "b")];
    const again = await three.listen("s", "b");
    await settle();
    expect(b.heard).toEqual(["end replaced"]);
    expect(two.audience.size).toBe(0);
    b.listener.leave();
    await settle();
    expect(a.heard).toEqual(["arrived b"]);
    expect(await again.announce()).toEqual(["a"]);
    again.listener.leave();
    await settle();
    expect(a.heard).toEqual(["arrived b", "departed b"]);
  });

  test("takes over even if the older node does not hear of it at once", async () => {
    const [a, b] = [await announced(one, "a"), await announced(two, "b")];
    two.isDeaf = true;
    await announced(three, "b");
    expect(b.heard).toEqual([]);
    two.isDeaf = false;
    await two.audience.keep();
    expect(b.heard).toEqual(["end replaced"]);
    await settle();
    expect(a.heard).toEqual(["arrived b"]);
    expect((await present()).map(({ member, node }) => `${member} ${node}`).sort()).toEqual(["a one", "b three"]);
  });
});

describe("a node that dies", () => {
  test("takes its listeners with it: the others hear of each once, whoever clears up", async () => {
    const [a, b] = [await announced(one, "a"), await announced(two, "b")];
    await announced(three, "c");
    await announced(three, "d");
    three.isDeaf = true;
    await Promise.all([one.buries("three"), two.buries("three")]);
    await settle();
    for (const ear of [a, b]) {
      expect([...ear.heard].sort().slice(-2)).toEqual(["departed c", "departed d"]);
      expect(ear.vain).toEqual([]);
    }
    expect((await present()).map(({ member }) => member).sort()).toEqual(["a", "b"]);
  });

  test("is cleared away for those whose node has not noticed", async () => {
    const a = await announced(one, "a");
    await announced(three, "c");
    await two.buries("three");
    await settle();
    expect(a.heard).toEqual(["arrived c", "departed c"]);
  });

  test("and was only away, says again what it has, and ends what was taken over", async () => {
    const a = await announced(one, "a");
    const [c, d] = [await announced(three, "c"), await announced(three, "d")];
    three.isDeaf = true;
    await Promise.all([one.buries("three"), two.buries("three")]);
    const elsewhere = await announced(two, "d");
    three.isDeaf = false;
    three.returns();
    await settle();
    await settle();
    expect(a.heard.slice(2)).toEqual(["departed c", "departed d", "arrived d", "arrived c"]);
    expect([c.heard, d.heard.at(-1), elsewhere.listener.ended]).toEqual([["arrived d"], "end replaced", false]);
    expect([...c.believes!].sort()).toEqual(["a", "d"]);
    expect([...a.vain, ...c.vain, ...elsewhere.vain]).toEqual([]);
  });
});

describe("news that is lost", () => {
  test("is found in the store: who came at the next look, who went a moment later", async () => {
    const a = await announced(one, "a");
    const b = await announced(two, "b");
    one.isDeaf = true;
    await announced(two, "c");
    b.listener.leave();
    await settle();
    one.isDeaf = false;
    await one.audience.keep();
    expect(a.heard).toEqual(["arrived b", "arrived c"]);
    await clock.advance(4_000);
    expect(a.heard).toEqual(["arrived b", "arrived c", "departed b"]);
    expect(a.vain).toEqual([]);
  });

  test("a store that has lost everything is filled again, and nobody seems to have gone", async () => {
    const [a, b] = [await announced(one, "a"), await announced(two, "b")];
    for (const { member, connection } of await present()) await nodes.presences.leave("s", member, connection);
    one.returns();
    await clock.advance(3_000);
    two.returns();
    await settle();
    await clock.advance(10_000);
    expect([a.heard, b.heard]).toEqual([["arrived b"], []]);
    expect(await present()).toHaveLength(2);
  });

  test("who stays is prolonged, who is not said again is forgotten", async () => {
    await announced(one, "a");
    await announced(two, "b");
    for (let round = 0; round < 5; round++) {
      await clock.advance(15_000);
      await one.audience.keep();
    }
    expect((await present()).map(({ member }) => member)).toEqual(["a"]);
  });
});

describe("without the store", () => {
  test("nobody new is admitted, those who are there know each other, and the others hear of it later", async () => {
    const [a, b, far] = [await one.listen("s", "a"), await one.listen("s", "b"), await announced(two, "far")];
    one.isCutOff = true;
    expect(one.listen("s", "c")).rejects.toBeInstanceOf(StoreUnavailable);
    await settle();
    expect(await a.announce()).toEqual(["far"]);
    expect((await b.announce())!.toSorted()).toEqual(["a", "far"]);
    expect(a.heard).toEqual(["arrived b"]);
    await settle();
    expect(far.heard).toEqual([]);
    one.isCutOff = false;
    one.returns();
    await settle();
    await settle();
    expect(far.heard.toSorted()).toEqual(["arrived a", "arrived b"]);
    expect(a.heard).toEqual(["arrived b"]);
  });

  test("who leaves is taken out as soon as it is back", async () => {
    const [a, b] = [await announced(one, "a"), await announced(two, "b")];
    one.isCutOff = true;
    a.listener.leave();
    await settle();
    expect(nodes.failures).toEqual([new StoreUnavailable(null)]);
    expect(b.heard).toEqual([]);
    one.isCutOff = false;
    one.returns();
    await settle();
    expect(b.heard).toEqual(["departed a"]);
    expect((await present()).map(({ member }) => member)).toEqual(["b"]);
  });
});

test("however peers come and go at once on three nodes, each ends up knowing just those who are there", async () => {
  const step = fc.record({
    do: fc.constantFrom("listen", "listen", "announce", "announce", "leave"),
    node: fc.nat(2),
    peer: fc.constantFrom("a", "b", "c", "d"),
    pauseMs: fc.nat(4),
    thenMs: fc.nat(6),
  });
  let looked = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40, size: "max" }), async (steps) => {
      const time = createVirtualClock();
      let pauseMs = 0;
      const pause = () => new Promise<void>((done) => time.after((pauseMs = (pauseMs * 7 + 3) % 5), done));
      const all = createListeningNodes(time, pause);
      const three = ["one", "two", "three"].map((id) => all.node(id));
      const ears: Ear[] = [];
      const newest = (peer: string): Ear | undefined => ears.findLast(({ listener }) => listener.peer === peer);
      for (const step of steps) {
        pauseMs = step.pauseMs;
        const ear = newest(step.peer);
        if (step.do === "listen") void three[step.node]!.listen("s", step.peer).then((one) => ears.push(one));
        else if (step.do === "leave") ear?.listener.leave();
        else void ear?.announce();
        await time.advance(step.thenMs);
      }
      await time.advance(1_000);
      // The nodes look now and then anyway: where three connections of one peer cross, only that finds all.
      for (const { audience } of three) void audience.keep();
      await time.advance(10_000);
      const standing = ears.filter(({ listener }) => !listener.ended);
      expect(new Set(standing.map(({ listener }) => listener.peer)).size).toBe(standing.length);
      const there = standing.filter(({ listener }) => listener.announced).map(({ listener }) => listener.peer);
      for (const { listener, believes, vain } of standing) {
        expect(vain).toEqual([]);
        if (believes === null) continue;
        expect([...believes].sort()).toEqual(there.filter((peer) => peer !== listener.peer).sort());
        looked++;
      }
      expect(all.failures).toEqual([]);
      const kept = (await all.presences.of(["s"])).get("s") ?? [];
      expect(kept.map(({ member }) => member).sort()).toEqual(standing.map(({ listener }) => listener.peer).sort());
    }),
    { numRuns: 300 },
  );
  expect(looked).toBeGreaterThan(100);
});
