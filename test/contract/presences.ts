import { beforeEach, describe, expect, test } from "bun:test";
import type { NewPresence, Presence, Presences } from "../../src/ports/presences.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";

/** Makes an empty kind; two calls give two kinds that never see each other. */
export type MakePresences = (clock: VirtualClock) => Presences;

const TTL_MS = 60_000;

/** Every sentence of the port's comment, run against one adapter. */
export function presencesContract(adapter: string, make: MakePresences): void {
  describe(`presences on ${adapter}`, () => {
    let clock: VirtualClock;
    let presences: Presences;

    beforeEach(() => {
      clock = createVirtualClock(1_750_000_000_123);
      presences = make(clock);
    });

    const there = (member: string, more: Partial<NewPresence> = {}): NewPresence => ({
      group: "ann@example.com",
      member,
      connection: `of-${member}`,
      node: "n1",
      value: `{"name":"${member}"}`,
      ...more,
    });
    const enter = async (member: string, more: Partial<NewPresence> = {}, ttlMs = TTL_MS): Promise<Presence> => {
      const presence = there(member, more);
      const { since } = await presences.enter(presence, ttlMs);
      return { ...presence, since };
    };
    const members = async (group = "ann@example.com"): Promise<readonly Presence[]> =>
      [...((await presences.of([group])).get(group) ?? [])].toSorted((a, b) => (a.member < b.member ? -1 : 1));
    const heldBy = async (node: string): Promise<readonly string[]> => {
      const found = new Set<string>();
      for await (const page of presences.ofNode(node)) for (const one of page) found.add(`${one.group} ${one.member}`);
      return [...found].toSorted();
    };

    describe("enter", () => {
      test("makes a presence that began now", async () => {
        expect(await presences.enter(there("phone"), TTL_MS)).toEqual({ since: clock.now(), former: null });
        expect(await members()).toEqual([{ ...there("phone"), since: clock.now() }]);
      });

      test("takes over from the connection before and hands it back", async () => {
        const older = await enter("phone");
        const newer = there("phone", { connection: "other", node: "n2", value: "" });
        const { since, former } = await presences.enter(newer, TTL_MS);
        expect(former).toEqual(older);
        expect(since).toBe(older.since + 1);
        expect(await members()).toEqual([{ ...newer, since }]);
      });

      test("of many at once each takes over from another, and the newest stands", async () => {
        const entered = await Promise.all(
          Array.from({ length: 20 }, async (_, at) => {
            const presence = there("phone", { connection: `c${at}` });
            const { since, former } = await presences.enter(presence, TTL_MS);
            return { connection: presence.connection, since, former: former?.connection ?? null };
          }),
        );
        const newest = entered.toSorted((a, b) => b.since - a.since)[0]!;
        expect((await members()).map(({ connection }) => connection)).toEqual([newest.connection]);
        expect(new Set(entered.map(({ since }) => since)).size).toBe(20);
        const all = [...entered.map(({ former }) => former), newest.connection];
        expect(new Set(all)).toEqual(new Set([null, ...entered.map(({ connection }) => connection)]));
      });

      test("a presence past its time is no former one", async () => {
        await enter("phone", {}, 1_000);
        await clock.advance(1_000);
        expect((await presences.enter(there("phone"), TTL_MS)).former).toBeNull();
      });

      test("keeps any text as it is", async () => {
        const odd = { group: "a}{b:é\u0000\n ✓", connection: "1 2", node: "{n}", value: '{"é":"\u0000\n✓😀"}' };
        const presence = await enter("m}:\u0000", odd);
        expect(await members(odd.group)).toEqual([presence]);
        expect(await heldBy(odd.node)).toEqual([`${odd.group} m}:\u0000`]);
        expect(await presences.leave(odd.group, "m}:\u0000", "1 2")).toBe(true);
      });
    });

    describe("enterIfRoom", () => {
      const two = { most: 2, without: [] };

      test("is entering, while there is room", async () => {
        expect(await presences.enterIfRoom(there("phone"), TTL_MS, two)).toEqual({ since: clock.now(), former: null });
        await presences.enterIfRoom(there("tablet"), TTL_MS, two);
        expect((await members()).map(({ member }) => member)).toEqual(["phone", "tablet"]);
        expect(await heldBy("n1")).toEqual(["ann@example.com phone", "ann@example.com tablet"]);
      });

      test("changes nothing if there is none", async () => {
        const both = [await enter("phone"), await enter("tablet")];
        expect(await presences.enterIfRoom(there("watch", { node: "n2" }), TTL_MS, two)).toBeNull();
        expect(await members()).toEqual(both);
        expect(await heldBy("n2")).toEqual([]);
        expect(await presences.enterIfRoom(there("watch", { group: "ben@example.com" }), TTL_MS, two)).not.toBeNull();
      });

      test("takes over from a connection that is there, however many there are", async () => {
        const [phone] = [await enter("phone"), await enter("tablet"), await enter("watch")];
        const newer = there("phone", { connection: "other" });
        expect((await presences.enterIfRoom(newer, TTL_MS, two))?.former).toEqual(phone);
      });

      test("counts neither what is past its time nor the members of nodes that do not count", async () => {
        await enter("phone", {}, 1_000);
        await enter("tablet");
        await clock.advance(1_000);
        expect(await presences.enterIfRoom(there("watch", { node: "n2" }), TTL_MS, two)).not.toBeNull();
        expect(await presences.enterIfRoom(there("phone"), TTL_MS, two)).toBeNull();
        expect(await presences.enterIfRoom(there("phone"), TTL_MS, { ...two, without: ["n3"] })).toBeNull();
        const without = { ...two, without: ["n3", "n1"] };
        expect(await presences.enterIfRoom(there("phone"), TTL_MS, without)).not.toBeNull();
        expect(await members()).toHaveLength(3);
      });

      test("of many at once lets in as many as there is room for", async () => {
        const entered = await Promise.all(
          Array.from({ length: 80 }, (_, at) => {
            return presences.enterIfRoom(there(`m${at}`), TTL_MS, { most: 50, without: [] });
          }),
        );
        expect(entered.filter((one) => one !== null)).toHaveLength(50);
        expect((await members()).map(({ member }) => member).toSorted()).toEqual(
          entered.flatMap((one, at) => (one === null ? [] : [`m${at}`])).toSorted(),
        );
      });
    });

    describe("time to live", () => {
      test("ends a presence, and leaves the others of its group", async () => {
        await enter("phone", {}, 1_000);
        await enter("tablet");
        await clock.advance(999);
        expect((await members()).map(({ member }) => member)).toEqual(["phone", "tablet"]);
        await clock.advance(1);
        expect((await members()).map(({ member }) => member)).toEqual(["tablet"]);
        expect(await heldBy("n1")).toEqual(["ann@example.com tablet"]);
      });

      test("a shorter one does not shorten the others'", async () => {
        await enter("tablet");
        await enter("phone", {}, 1_000);
        await clock.advance(TTL_MS - 1);
        expect((await members()).map(({ member }) => member)).toEqual(["tablet"]);
      });

      test("nobody leaves who is past it", async () => {
        await enter("phone", {}, 1_000);
        await clock.advance(1_000);
        expect(await presences.leave("ann@example.com", "phone", "of-phone")).toBe(false);
      });
    });

    describe("restore", () => {
      test("prolongs what stands", async () => {
        const phone = await enter("phone", {}, 1_000);
        await clock.advance(999);
        expect(await presences.restore(phone, 1_000)).toEqual({ stands: null, wasGone: false });
        await clock.advance(999);
        expect(await members()).toEqual([phone]);
      });

      test("puts back what is gone, and says so", async () => {
        const phone = await enter("phone");
        await presences.leave("ann@example.com", "phone", "of-phone");
        expect(await presences.restore(phone, TTL_MS)).toEqual({ stands: null, wasGone: true });
        expect(await members()).toEqual([phone]);
        expect(await heldBy("n1")).toEqual(["ann@example.com phone"]);
      });

      test("puts back what is past its time, and says so", async () => {
        const phone = await enter("phone", {}, 1_000);
        await clock.advance(1_000);
        expect(await presences.restore(phone, TTL_MS)).toEqual({ stands: null, wasGone: true });
      });

      test("leaves a newer connection as it is and hands it back", async () => {
        const older = await enter("phone");
        const newer = await enter("phone", { connection: "other", node: "n2" });
        expect(await presences.restore(older, TTL_MS)).toEqual({ stands: newer, wasGone: false });
        expect(await members()).toEqual([newer]);
        expect(await heldBy("n1")).toEqual([]);
        expect(await heldBy("n2")).toEqual(["ann@example.com phone"]);
      });

      test("replaces an older connection", async () => {
        const older = await enter("phone");
        const newer = await enter("phone", { connection: "other", node: "n2" });
        await presences.leave("ann@example.com", "phone", "other");
        await presences.restore(older, TTL_MS);
        expect(await presences.restore(newer, TTL_MS)).toEqual({ stands: null, wasGone: false });
        expect(await members()).toEqual([newer]);
      });
    });

    describe("prolong", () => {
      test("prolongs those that stand so, and hands back the others untouched", async () => {
        const phone = await enter("phone", {}, 1_000);
        const tablet = await enter("tablet", {}, 1_000);
        const far = await enter("desk", { group: "ben@example.com" }, 1_000);
        const gone = await enter("watch");
        await presences.leave("ann@example.com", "watch", "of-watch");
        const newer = await enter("tablet", { connection: "other", node: "n2" }, 1_000);
        const others = await presences.prolong([phone, tablet, far, gone], TTL_MS);
        expect(others.toSorted((a, b) => (a.member < b.member ? -1 : 1))).toEqual([tablet, gone]);
        expect(await members()).toEqual([phone, newer]);
        await clock.advance(1_000);
        expect(await members()).toEqual([phone]);
        expect(await members("ben@example.com")).toEqual([far]);
        expect(await heldBy("n1")).toEqual(["ann@example.com phone", "ben@example.com desk"]);
      });

      test("does not bring back what is past its time", async () => {
        const phone = await enter("phone", {}, 1_000);
        await clock.advance(1_000);
        expect(await presences.prolong([phone], TTL_MS)).toEqual([phone]);
        expect(await members()).toEqual([]);
      });

      test("takes thousands, in many groups and in one", async () => {
        const all = await Promise.all(
          Array.from({ length: 3_000 }, (_, at) =>
            enter(`m${at}`, { group: at < 1_200 ? "crowd" : `g${at}`, connection: `c${at}` }, 1_000),
          ),
        );
        const stranger = { ...all[700]!, connection: "stranger" };
        expect(await presences.prolong([...all, stranger], TTL_MS)).toEqual([stranger]);
        await clock.advance(1_000);
        expect(await members("crowd")).toHaveLength(1_200);
        expect((await presences.of(all.map(({ group }) => group))).size).toBe(1_801);
      });

      test("of none is nothing", async () => {
        expect(await presences.prolong([], TTL_MS)).toEqual([]);
      });
    });

    describe("leave", () => {
      test("ends the presence, and tells exactly one of many callers", async () => {
        await enter("phone");
        const told = await Promise.all(
          Array.from({ length: 10 }, () => presences.leave("ann@example.com", "phone", "of-phone")),
        );
        expect(told.filter(Boolean)).toHaveLength(1);
        expect(await members()).toEqual([]);
        expect(await heldBy("n1")).toEqual([]);
      });

      test("does not touch a newer connection", async () => {
        await enter("phone");
        const newer = await enter("phone", { connection: "other" });
        expect(await presences.leave("ann@example.com", "phone", "of-phone")).toBe(false);
        expect(await members()).toEqual([newer]);
      });

      test("of somebody unknown is false", async () => {
        expect(await presences.leave("nobody@example.com", "phone", "c")).toBe(false);
      });
    });

    describe("of", () => {
      test("finds each group's members, leaves out empty groups and takes a name twice", async () => {
        const phone = await enter("phone");
        const desk = await enter("desk", { group: "ben@example.com" });
        const names = ["ben@example.com", "nobody@example.com", "ann@example.com", "ann@example.com"];
        expect(await presences.of(names)).toEqual(
          new Map([
            ["ann@example.com", [phone]],
            ["ben@example.com", [desk]],
          ]),
        );
        expect(await presences.of([])).toEqual(new Map());
      });

      test("never sees another kind", async () => {
        await enter("phone");
        const other = make(clock);
        expect(await other.of(["ann@example.com"])).toEqual(new Map());
      });
    });

    describe("ofNode", () => {
      test("lists what a node holds in all groups, in pages, while it is cleared", async () => {
        const many = Array.from({ length: 1_300 }, (_, at) => ({ group: `g${at % 700}`, member: `m${at}` }));
        await Promise.all(many.map(({ group, member }) => enter(member, { group })));
        await enter("elsewhere", { group: "g1", node: "n2" });
        let cleared = 0;
        for await (const page of presences.ofNode("n1")) {
          expect(page.length).toBeLessThan(1_300);
          const left = await Promise.all(page.map((one) => presences.leave(one.group, one.member, one.connection)));
          cleared += left.filter(Boolean).length;
        }
        expect(cleared).toBe(1_300);
        expect(await heldBy("n1")).toEqual([]);
        expect(await heldBy("n2")).toEqual(["g1 elsewhere"]);
      });

      test("does not list what another node took over, also when it came back", async () => {
        await enter("phone");
        await enter("phone", { connection: "other", node: "n2" });
        expect(await heldBy("n1")).toEqual([]);
        await enter("phone", { connection: "again" });
        expect(await heldBy("n1")).toEqual(["ann@example.com phone"]);
        expect(await heldBy("n2")).toEqual([]);
      });

      test("of an unknown node is empty", async () => {
        expect(await heldBy("nowhere")).toEqual([]);
      });
    });
  });
}
