import { expect, test } from "bun:test";
import fc from "fast-check";
import { startDeviceNodes, type TestDevice } from "../../../test/support/device-world.ts";

const [ada, bob] = ["ada@example.com", "bob@example.com"];

const phoneOfBob = { token: bob, email: bob, device: "phone", name: null, type: null };

/** Three nodes, and on each of them somebody who hears of the phone. */
async function watchedNodes() {
  const { world, nodes } = await startDeviceNodes([ada, bob]);
  const watchers = await Promise.all(nodes.map((node, n) => node.device(ada, `laptop${n}`)));
  await world.settle();
  for (const { news } of watchers) news.length = 0;
  /** However these came at once: the one that the store says is open and reached, and nobody hears more of it than that. */
  const expectOne = async (sockets: readonly TestDevice[]): Promise<void> => {
    await world.clock.advance(1_000);
    const standing = (await world.presences.of([bob])).get(bob)!.map(({ connection }) => connection);
    const open = sockets.filter(({ end }) => end === null);
    expect(open.map(({ socket }) => socket.id)).toEqual(standing);
    expect(sockets.filter(({ end }) => end === "replaced")).toHaveLength(sockets.length - 1);
    expect(nodes.reduce((sum, { devices }) => sum + devices.here().length, 0)).toBe(1 + watchers.length);
    for (const watcher of watchers) {
      expect((await watcher.socket.check()).map(({ socket }) => socket)).toEqual(standing);
      expect(watcher.news).toEqual([`joined ${bob} phone`]);
      watcher.send(bob, "phone", "x");
    }
    await world.settle();
    expect(open[0]!.got).toHaveLength(watchers.length);
    await open[0]!.socket.leave();
    await world.clock.advance(5_000);
    for (const watcher of watchers) {
      expect(watcher.news).toEqual([`joined ${bob} phone`, `left ${bob} phone`]);
      expect(await watcher.online()).toEqual([]);
    }
    expect(world.failures).toEqual([]);
  };
  return { world, nodes, watchers, expectOne };
}

test.each(Array.from({ length: 24 }, (_, n) => n))(
  "of two sockets of one node that register the same device at once, the newer one stands (%d)",
  async (moment) => {
    const { nodes, expectOne } = await watchedNodes();
    const [older, newer] = [nodes[0]!.open(), nodes[0]!.open()];
    const first = older.socket.register(phoneOfBob);
    for (let turn = 0; turn < moment; turn++) await Promise.resolve();
    await Promise.all([first, newer.socket.register(phoneOfBob)]);
    expect([older.end, newer.end]).toEqual(["replaced", null]);
    await expectOne([older, newer]);
  },
);

test("a socket that is replaced before it has its answer ends the one before it, on whichever node that is", async () => {
  for (const before of [0, 1, 2]) {
    const { world, nodes, expectOne } = await watchedNodes();
    const oldest = await nodes[before]!.device(bob, "phone");
    await world.settle();
    const answer = Promise.withResolvers<void>();
    world.state.answering = () => answer.promise;
    const middle = nodes[1]!.open();
    const coming = middle.socket.register(phoneOfBob);
    await world.settle();
    world.state.answering = null;
    const newest = await nodes[0]!.device(bob, "phone");
    await world.settle();
    expect(middle.end).toBe("replaced");
    answer.resolve();
    await coming;
    await world.settle();
    expect([oldest.end, newest.end]).toEqual(["replaced", null]);
    await expectOne([oldest, middle, newest]);
  }
});

test.each([0, 5, 200])(
  "a device that comes to another node and says goodbye at once has left (%d ms)",
  async (word) => {
    const { world, nodes, watchers } = await watchedNodes();
    const first = await nodes[0]!.device(bob, "phone");
    await world.settle();
    world.bus.fate = () => [word];
    const second = await nodes[1]!.device(bob, "phone");
    await second.socket.leave();
    await world.clock.advance(5_000);
    expect([first.end, second.end]).toEqual(["replaced", "left"]);
    for (const { news } of watchers) expect(news).toEqual([`joined ${bob} phone`, `left ${bob} phone`]);
    expect(await watchers[0]!.online()).toEqual([]);
  },
);

const someone = fc.record({ node: fc.nat(2), atMs: fc.nat(40) });

test("of sockets that register one device at once on any nodes, the newest one stands, whatever comes late", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(someone, { minLength: 2, maxLength: 7 }),
      fc.array(fc.nat(30), { minLength: 1, maxLength: 20 }),
      fc.array(fc.nat(30), { minLength: 1, maxLength: 20 }),
      async (comers, answerMs, wordMs) => {
        const { world, nodes, expectOne } = await watchedNodes();
        let [answers, words] = [0, 0];
        const { clock, state, bus } = world;
        const after = (ms: number) => new Promise<void>((come) => clock.after(ms, come));
        state.answering = () => after(answerMs[answers++ % answerMs.length]!);
        bus.fate = () => [wordMs[words++ % wordMs.length]!];
        const sockets = comers.map(({ node }) => nodes[node]!.open());
        const coming = sockets.map(async ({ socket }, n) => {
          await after(comers[n]!.atMs);
          await socket.register(phoneOfBob);
        });
        for (let ms = 0; ms < 500; ms += 5) await clock.advance(5);
        await Promise.all(coming);
        state.answering = bus.fate = null;
        await expectOne(sockets);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
