import { beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Match, Placement, Ticket, Tickets } from "../../src/ports/tickets.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";

/** What one queue is made in, and others beside it. Two calls give two stores that never see each other. */
export type MakeTickets = (clock: VirtualClock) => (queue: string) => Tickets;

/** Every sentence of the port's comment, run against one adapter. */
export function ticketsContract(adapter: string, make: MakeTickets): void {
  describe(`tickets on ${adapter}`, () => {
    let clock: VirtualClock;
    let queues: (queue: string) => Tickets;
    let tickets: Tickets;

    beforeEach(() => {
      clock = createVirtualClock(1_750_000_000_123);
      queues = make(clock);
      tickets = queues("q");
    });

    const he = (id: string, more: Partial<Ticket> = {}): Ticket => ({
      id,
      entry: 1,
      node: "n1",
      side: "male",
      seeks: "female",
      attributes: { of: id },
      avoid: [],
      ...more,
    });
    const she = (id: string, more: Partial<Ticket> = {}): Ticket => he(id, { side: "female", seeks: "male", ...more });
    const any = (id: string, more: Partial<Ticket> = {}): Ticket => he(id, { side: "any", seeks: "any", ...more });
    const avoiding = (id: string, ms: number) => ({ avoid: [{ id, forMs: ms }] });

    const positionOf = (placement: Placement | null) =>
      placement?.status === "waiting" ? placement.position : placement?.status;
    const matchIn = (placement: Placement | null): Match => {
      if (placement?.status !== "matched") throw new Error(`not matched: ${JSON.stringify(placement)}`);
      return placement.match;
    };
    const pairIn = (placement: Placement | null) => {
      const { earlier, later } = matchIn(placement);
      return [earlier.id, later.id];
    };

    describe("place", () => {
      test("lets the first ticket wait at position 1, the next of its side at 2", async () => {
        expect(await tickets.place(he("a"))).toEqual({ status: "waiting", position: 1 });
        expect(await tickets.place(he("b"))).toEqual({ status: "waiting", position: 2 });
        expect(await tickets.place(he("c"))).toEqual({ status: "waiting", position: 3 });
      });

      test("counts positions within the own side, whatever the others there seek", async () => {
        await tickets.place(he("a", { seeks: "nobody" }));
        expect(positionOf(await tickets.place(he("b")))).toBe(2);
        expect(positionOf(await tickets.place(he("c", { side: "other" })))).toBe(1);
      });

      test("joins two that seek each other's side; the arriving one is later", async () => {
        const first = he("a", { attributes: { name: "Ann", list: [1, null] } });
        const second = she("b");
        await tickets.place(first);
        await clock.advance(5);
        const match = matchIn(await tickets.place(second));
        expect(match).toEqual({
          id: expect.any(String),
          earlier: first,
          later: second,
          madeAt: clock.now(),
        });
      });

      test("joins only if both seek the other's side", async () => {
        await tickets.place(he("a", { seeks: "male" }));
        expect(positionOf(await tickets.place(she("b")))).toBe(1);
        await tickets.place(he("c", { side: "other" }));
        expect(positionOf(await tickets.place(she("d")))).toBe(2);
      });

      test("joins any with any on one side", async () => {
        await tickets.place(any("a"));
        expect(pairIn(await tickets.place(any("b")))).toEqual(["a", "b"]);
      });

      test("never joins tickets of different queues", async () => {
        await tickets.place(he("a"));
        expect(positionOf(await queues("other").place(she("b")))).toBe(1);
      });

      test("keeps apart names that look alike when put together", async () => {
        await tickets.place(he("a", { side: "y:z", seeks: "s" }));
        expect(positionOf(await tickets.place(he("b", { side: "s:y", seeks: "z" })))).toBe(1);
        expect(positionOf(await tickets.place(he("c", { side: "s", seeks: "z:y" })))).toBe(1);
        await tickets.place(he("d", { side: '"', seeks: "," }));
        expect(positionOf(await tickets.place(he("e", { side: '","', seeks: "" })))).toBe(1);
      });

      test("takes the one that has waited longest", async () => {
        for (const id of ["a", "b", "c"]) await tickets.place(he(id));
        expect(pairIn(await tickets.place(she("x")))).toEqual(["a", "x"]);
        expect(pairIn(await tickets.place(she("y")))).toEqual(["b", "y"]);
        expect(pairIn(await tickets.place(she("z")))).toEqual(["c", "z"]);
      });

      test("replaces a waiting ticket of the same id, which goes to the end", async () => {
        await tickets.place(he("a", { attributes: 1 }));
        await tickets.place(he("b"));
        expect(positionOf(await tickets.place(he("a", { attributes: 2 })))).toBe(2);
        expect(pairIn(await tickets.place(she("x")))).toEqual(["b", "x"]);
        expect(matchIn(await tickets.place(she("y"))).earlier.attributes).toBe(2);
      });

      test("replaces it on another side too", async () => {
        await tickets.place(he("a"));
        await tickets.place(she("a"));
        expect(positionOf(await tickets.place(she("x")))).toBe(2);
        expect(await tickets.counts()).toEqual({ waiting: { female: 2 }, matches: 0 });
      });

      test("never joins a ticket with itself", async () => {
        await tickets.place(any("a"));
        expect(positionOf(await tickets.place(any("a")))).toBe(1);
      });

      test("is null for an id in a live match, and changes nothing", async () => {
        await tickets.place(he("a"));
        const match = matchIn(await tickets.place(she("b")));
        expect(await tickets.place(he("a"))).toBeNull();
        expect(await tickets.place(she("b"))).toBeNull();
        expect(await tickets.matchOf("a")).toEqual(match);
        expect((await tickets.counts()).waiting["male"] ?? 0).toBe(0);
      });

      test("gives right positions after any leave", async () => {
        for (const id of ["a", "b", "c", "d"]) await tickets.place(he(id));
        await tickets.withdraw("b");
        expect(positionOf(await tickets.place(he("e")))).toBe(4);
        await tickets.withdraw("e");
        await tickets.withdraw("a");
        expect(positionOf(await tickets.place(he("f")))).toBe(3);
        await tickets.place(she("x"));
        expect(positionOf(await tickets.place(he("g")))).toBe(3);
      });
    });

    describe("avoidance", () => {
      test("looks past the one the arriving ticket avoids", async () => {
        await tickets.place(he("a"));
        await tickets.place(he("b"));
        expect(pairIn(await tickets.place(she("x", avoiding("a", 10_000))))).toEqual(["b", "x"]);
      });

      test("looks past the one that avoids the arriving ticket", async () => {
        await tickets.place(he("a", avoiding("x", 10_000)));
        await tickets.place(he("b"));
        expect(pairIn(await tickets.place(she("x")))).toEqual(["b", "x"]);
      });

      test("lets it wait behind 256 it would rather not meet, and no further", async () => {
        const avoided = Array.from({ length: 256 }, (_, at) => `m${at}`);
        for (const id of avoided) await tickets.place(he(id));
        await tickets.place(he("free"));
        const avoid = avoided.map((id) => ({ id, forMs: 10_000 }));
        expect(pairIn(await tickets.place(she("x", { avoid: avoid.slice(1) })))).toEqual(["m0", "x"]);
        expect(pairIn(await tickets.place(she("y", { avoid })))).toEqual(["free", "y"]);
        await tickets.place(he("m256"));
        await tickets.place(he("free"));
        expect(positionOf(await tickets.place(she("z", { avoid: [...avoid, { id: "m256", forMs: 10_000 }] })))).toBe(1);
        await clock.advance(10_000);
        expect((await tickets.reconsider("z"))?.earlier.id).toBe("m1");
      });

      test("makes both wait if there is nobody else", async () => {
        await tickets.place(he("a"));
        expect(positionOf(await tickets.place(she("x", avoiding("a", 10_000))))).toBe(1);
        expect(await tickets.counts()).toEqual({ waiting: { male: 1, female: 1 }, matches: 0 });
      });

      test("holds until its time, not one millisecond longer", async () => {
        await tickets.place(he("a", avoiding("x", 10_000)));
        await clock.advance(9_999);
        expect(positionOf(await tickets.place(she("x")))).toBe(1);
        await clock.advance(1);
        expect(pairIn(await tickets.place(she("x")))).toEqual(["a", "x"]);
      });
    });

    describe("reconsider", () => {
      test("joins two whose avoidance has run out; who came first is earlier, whoever asks", async () => {
        for (const asked of ["a", "x"]) {
          const fresh = make(clock)("q");
          await fresh.place(he("a", avoiding("x", 10_000)));
          await fresh.place(she("x"));
          await clock.advance(10_000);
          expect(await fresh.reconsider(asked)).toMatchObject({ earlier: { id: "a" }, later: { id: "x" } });
          expect(await fresh.counts()).toEqual({ waiting: {}, matches: 1 });
        }
      });

      test("is null while the avoidance lasts, and the ticket keeps its place", async () => {
        await tickets.place(he("a", avoiding("x", 10_000)));
        await tickets.place(he("b", avoiding("x", 10_000)));
        await tickets.place(she("x"));
        await clock.advance(9_999);
        expect(await tickets.reconsider("x")).toBeNull();
        expect(await tickets.reconsider("a")).toBeNull();
        expect(pairIn(await tickets.place(she("y")))).toEqual(["a", "y"]);
      });

      test("is null for one who does not wait", async () => {
        expect(await tickets.reconsider("nobody")).toBeNull();
        await tickets.place(he("a"));
        await tickets.place(she("b"));
        expect(await tickets.reconsider("a")).toBeNull();
      });
    });

    describe("withdraw", () => {
      test("takes a ticket out of its line, once", async () => {
        await tickets.place(he("a"));
        expect(await tickets.withdraw("a")).toBe(true);
        expect(await tickets.withdraw("a")).toBe(false);
        expect(positionOf(await tickets.place(she("x")))).toBe(1);
      });

      test("leaves a ticket of another entry where it is", async () => {
        await tickets.place(he("a", { entry: 7 }));
        expect(await tickets.withdraw("a", 6)).toBe(false);
        expect(await tickets.counts()).toEqual({ waiting: { male: 1 }, matches: 0 });
        expect(await tickets.withdraw("a", 7)).toBe(true);
      });

      test("is false for one who never waited and for one who is matched", async () => {
        expect(await tickets.withdraw("nobody")).toBe(false);
        await tickets.place(he("a"));
        await tickets.place(she("b"));
        expect(await tickets.withdraw("a")).toBe(false);
        expect(await tickets.matchOf("a")).not.toBeNull();
      });

      test("against a place that would meet it: exactly one of them happens", async () => {
        for (let round = 0; round < 50; round++) {
          await tickets.place(he(`a${round}`));
          const meet = () => tickets.place(she(`x${round}`));
          const early = round % 2 === 0 ? meet() : null;
          const leaving = tickets.withdraw(`a${round}`);
          const [withdrawn, placed] = await Promise.all([leaving, early ?? meet()]);
          expect(withdrawn).toBe(placed?.status === "waiting");
          await tickets.withdraw(`x${round}`);
        }
      });
    });

    describe("matchOf and end", () => {
      test("find the live match of both, and of nobody else", async () => {
        await tickets.place(he("a"));
        const match = matchIn(await tickets.place(she("b")));
        expect(await tickets.matchOf("a")).toEqual(match);
        expect(await tickets.matchOf("b")).toEqual(match);
        expect(await tickets.matchOf("c")).toBeNull();
      });

      test("end gives the match to its first caller only, and frees both", async () => {
        await tickets.place(he("a"));
        const match = matchIn(await tickets.place(she("b")));
        const ends = await Promise.all([tickets.end(match.id), tickets.end(match.id), tickets.end(match.id)]);
        expect(ends.filter((ended) => ended !== null)).toEqual([match]);
        expect(await tickets.matchOf("a")).toBeNull();
        expect(await tickets.matchOf("b")).toBeNull();
        await tickets.place(he("a"));
        const next = matchIn(await tickets.place(she("b")));
        expect(next.id).not.toBe(match.id);
        expect(await tickets.end(match.id)).toBeNull();
        expect(await tickets.matchOf("a")).toEqual(next);
      });

      test("end is null for an unknown match", async () => {
        expect(await tickets.end("nothing")).toBeNull();
      });
    });

    describe("ofNode", () => {
      const all = async (node: string) => {
        const found = new Map<string, number>();
        for await (const page of tickets.ofNode(node)) for (const { id, entry } of page) found.set(id, entry);
        return found;
      };

      test("finds what waits or is matched from a node, with its entry, and nothing of other nodes", async () => {
        await tickets.place(he("a", { entry: 3 }));
        await tickets.place(he("b", { node: "n2" }));
        await tickets.place(he("c"));
        await tickets.place(she("x", { node: "n2", entry: 2 }));
        expect(await all("n1")).toEqual(new Map([["a", 3], ["c", 1]])); // prettier-ignore
        expect(await all("n2")).toEqual(new Map([["b", 1], ["x", 2]])); // prettier-ignore
        expect(await all("n3")).toEqual(new Map());
      });

      test("follows what becomes of a ticket", async () => {
        await tickets.place(he("a"));
        await tickets.place(he("a", { node: "n2", entry: 2 }));
        expect(await all("n1")).toEqual(new Map());
        expect(await all("n2")).toEqual(new Map([["a", 2]]));
        const match = matchIn(await tickets.place(she("x")));
        await tickets.end(match.id);
        expect([await all("n1"), await all("n2")]).toEqual([new Map(), new Map()]);
        await tickets.place(he("b"));
        await tickets.withdraw("b");
        expect(await all("n1")).toEqual(new Map());
      });

      test("hands out many in pages, while they are taken away too", async () => {
        const ids = Array.from({ length: 1_501 }, (_, at) => `m${at}`);
        await Promise.all(ids.map((id) => tickets.place(he(id))));
        let pages = 0;
        const found = new Set<string>();
        for await (const page of tickets.ofNode("n1")) {
          pages++;
          for (const { id } of page) found.add(id);
          await Promise.all(page.map(({ id }) => tickets.withdraw(id)));
        }
        expect(found.size).toBe(1_501);
        expect(pages).toBeGreaterThan(2);
        expect(await tickets.counts()).toEqual({ waiting: {}, matches: 0 });
      });
    });

    describe("counts", () => {
      test("are of one queue, waiting a side and live matches", async () => {
        for (const id of ["a", "b", "c"]) await tickets.place(he(id));
        await tickets.place(she("x"));
        await queues("other").place(any("z"));
        expect(await tickets.counts()).toEqual({ waiting: { male: 2 }, matches: 1 });
        expect(await queues("other").counts()).toEqual({ waiting: { any: 1 }, matches: 0 });
        expect(await queues("empty").counts()).toEqual({ waiting: {}, matches: 0 });
      });

      test("take any name for a side", async () => {
        await tickets.place(he("a", { side: "__proto__" }));
        expect(Object.entries((await tickets.counts()).waiting)).toEqual([["__proto__", 1]]);
      });
    });

    test("1,000 concurrent places give 500 matches, nobody twice", async () => {
      const placed = await Promise.all(Array.from({ length: 1_000 }, (_, at) => tickets.place(any(`t${at}`))));
      const pairs = placed.filter((one) => one?.status === "matched").map(pairIn);
      expect(pairs).toHaveLength(500);
      expect(new Set(pairs.flat()).size).toBe(1_000);
      expect(await tickets.counts()).toEqual({ waiting: {}, matches: 500 });
    });

    test("601 and 400 concurrent places on two sides give 400 matches with the first 400", async () => {
      const men = Array.from({ length: 601 }, (_, at) => he(`m${at}`));
      const women = Array.from({ length: 400 }, (_, at) => she(`f${at}`));
      await Promise.all(men.map((man) => tickets.place(man)));
      const pairs = (await Promise.all(women.map((woman) => tickets.place(woman)))).map(pairIn);
      expect(pairs).toEqual(women.map((woman, at) => [`m${at}`, woman.id]));
      expect(await tickets.counts()).toEqual({ waiting: { male: 201 }, matches: 400 });
    });

    test("an id is never in two matches, nor in a match and a line, whatever is called at once", async () => {
      const ids = ["a", "b", "c", "d", "e"];
      const call = fc.record({
        verb: fc.constantFrom("place", "withdraw", "end", "reconsider"),
        id: fc.constantFrom(...ids),
        avoided: fc.constantFrom("", ...ids),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(call, { maxLength: 6 }), { maxLength: 12, size: "max" }), async (rounds) => {
          const fresh = make(clock)("q");
          for (const round of rounds) {
            await Promise.all(
              round.map(async ({ verb, id, avoided }) => {
                if (verb === "place") return fresh.place(any(id, avoiding(avoided, 1_000)));
                if (verb === "withdraw") return fresh.withdraw(id);
                if (verb === "reconsider") return fresh.reconsider(id);
                const match = await fresh.matchOf(id);
                return match === null ? null : fresh.end(match.id);
              }),
            );
            const live = await Promise.all(ids.map((id) => fresh.matchOf(id)));
            const counts = await fresh.counts();
            for (const [at, match] of live.entries()) {
              if (match === null) continue;
              expect([match.earlier.id, match.later.id]).toContain(ids[at]!);
              expect(await fresh.withdraw(ids[at]!)).toBe(false);
            }
            expect(live.filter((match) => match !== null)).toHaveLength(2 * counts.matches);
            expect((counts.waiting["any"] ?? 0) + 2 * counts.matches).toBeLessThanOrEqual(ids.length);
            await clock.advance(300);
          }
        }),
        { numRuns: 100 },
      );
    });
  });
}
