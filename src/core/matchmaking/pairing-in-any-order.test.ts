import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createPairingNode, createSharedGround, type SharedGround } from "../../../test/support/pairing-node.ts";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryTickets } from "../../adapters/memory/tickets.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Tickets } from "../../ports/tickets.ts";
import type { PairingListener, Wish } from "./types.ts";

const he: Wish = { side: "male", seeks: "female", attributes: "he" };
const she: Wish = { side: "female", seeks: "male", attributes: "she" };
const ids = ["a", "b", "c", "x", "y", "z"];
const wishOf = (id: string) => (id < "m" ? he : she);

interface Step {
  readonly act: string;
  readonly id: string;
  readonly gap: number;
}

/** Once told a member, who had meanwhile met somebody else, of the match its earlier ticket had been in. */
const newsOfAnOldTicket: [Step[], number[]] = [
  ["c", "x", "x", "c", "z"].map((id) => ({ act: "join", id, gap: 0 })),
  [0],
];

/** What every member has been told, held against what it may be told next. */
function createWitness() {
  const told = new Map<string, string>();
  const wrong: string[] = [];
  // What a member asks for may end what it was told before, so it is held to that only while it asks nothing.
  const asking = new Map<string, number>();
  const count = (id: string, by: number) => asking.set(id, (asking.get(id) ?? 0) + by);
  const expectState = (id: string, wanted: (state: string) => boolean, event: string): void => {
    const state = told.get(id) ?? "idle";
    if (!asking.get(id) && !wanted(state)) wrong.push(`${id} ${event} while ${state}`);
  };
  const listener: PairingListener = {
    waiting: (id) => void told.set(id, "waiting"),
    matched(id, partner) {
      if (wishOf(id) === wishOf(partner.id)) wrong.push(`${id} meets ${partner.id}`);
      expectState(id, (state) => state === "waiting" || state === "parted", `meets ${partner.id}`);
      told.set(id, `in ${partner.id}`);
    },
    relayed(id, from) {
      if (told.get(id) !== `in ${String(from)}`) wrong.push(`${id} hears ${String(from)}`);
    },
    parted(id) {
      expectState(id, (state) => state.startsWith("in "), "parted");
      told.set(id, "parted");
    },
    overwhelmed: (id) => void wrong.push(`${id} overwhelmed`),
    failed: (error) => void wrong.push(String(error)),
  };
  const ask = async (id: string, asked: Promise<void>): Promise<void> => {
    count(id, 1);
    await asked;
    count(id, -1);
  };
  return { told, wrong, listener, ask };
}

describe.each([1, 2, 3])("on %d node(s)", (size) => {
  test("whatever is asked, in whatever order answers come, the news make sense and nobody is left over", async () => {
    const step = fc.record({
      act: fc.constantFrom("join", "join", "stop", "leave", "relay", "wait"),
      id: fc.constantFrom(...ids),
      gap: fc.integer({ min: 0, max: 6 }),
    });
    const delays = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 40, size: "max" });

    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), delays, async (steps, turns) => {
        const clock = createVirtualClock();
        const wander = wanderer(turns);
        const tickets = slowed(createMemoryTickets({ clock, random: systemRandom }), wander);
        const ground = delayed(createSharedGround(clock), wander);
        const { told, wrong, listener, ask } = createWitness();
        const nodes = Array.from({ length: size }, (_, at) =>
          createPairingNode({ clock, tickets, ground, node: `n${at}`, listener }),
        );
        for (const node of nodes) await node.start();
        const serviceOf = (id: string) => nodes[ids.indexOf(id) % size]!.pairing;

        const gone = new Set<string>();
        const joined = new Set<string>();
        const pending: Promise<void>[] = [];
        for (const { act, id, gap } of steps) {
          if (gone.has(id)) continue;
          const service = serviceOf(id);
          if (act === "join") {
            joined.add(id);
            pending.push(ask(id, service.join(id, wishOf(id))));
          } else if (act === "stop") pending.push(ask(id, service.stop(id)));
          else if (act === "relay") pending.push(service.relay(id, () => id));
          else if (act === "leave") {
            gone.add(id);
            pending.push(ask(id, service.leave(id)));
          } else await clock.advance(700);
          await pass(gap);
        }
        for (let at = 0; at < 60; at++) {
          await clock.advance(500);
          await pass(200);
        }
        await Promise.all(pending);
        expect(wrong).toEqual([]);
        // Nobody new came for 30 seconds: whoever could meet has met, and everybody is told what holds.
        const { matches, waiting, users } = await nodes[0]!.pairing.counts();
        expect(Math.min(waiting["male"] ?? 0, waiting["female"] ?? 0)).toBe(0);
        const here = [...joined].filter((id) => !gone.has(id));
        expect(users).toBe(here.length);
        expect((waiting["male"] ?? 0) + (waiting["female"] ?? 0) + 2 * matches).toBe(users);
        for (const id of here) {
          const match = await tickets.matchOf(id);
          const partner = match?.earlier.id === id ? match.later : match?.earlier;
          expect(`${id} ${told.get(id)}`).toBe(partner === undefined ? `${id} waiting` : `${id} in ${partner.id}`);
        }
      }),
      { numRuns: 300, examples: [newsOfAnOldTicket] },
    );
  });
});

test("on a store that fails at any step, done or not, nothing is left standing and nobody in half a match", async () => {
  const step = fc.record({
    act: fc.constantFrom("join", "join", "join", "stop", "leave", "relay", "wait"),
    id: fc.constantFrom(...ids),
    gap: fc.integer({ min: 0, max: 6 }),
  });
  const turns = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 20, size: "max" });
  const faults = fc.array(fc.constantFrom("none", "none", "none", "undone", "unheard"), {
    minLength: 3,
    maxLength: 30,
  });

  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30, size: "max" }), turns, faults, async (steps, delays, plan) => {
      const clock = createVirtualClock();
      const wander = wanderer(delays);
      const sound = createMemoryTickets({ clock, random: systemRandom });
      let calls = 0;
      let isSound = false;
      const tickets = slowed(
        failing(sound, () => (isSound ? "none" : plan[calls++ % plan.length]!)),
        wander,
      );
      const ground = delayed(createSharedGround(clock), wander);
      const { told, wrong, listener } = createWitness();
      const quiet = { ...listener, failed: () => undefined };
      const nodes = ["n0", "n1"].map((node) => createPairingNode({ clock, tickets, ground, node, listener: quiet }));
      for (const node of nodes) await node.start();
      const serviceOf = (id: string) => nodes[ids.indexOf(id) % 2]!.pairing;
      const asked = (asking: Promise<void>) => void asking.catch(() => undefined);

      const joined = new Set<string>();
      const gone = new Set<string>();
      for (const { act, id, gap } of steps) {
        if (gone.has(id)) continue;
        const service = serviceOf(id);
        if (act === "join") asked(service.join(id, wishOf(id)));
        if (act === "join") joined.add(id);
        if (act === "stop") asked(service.stop(id));
        if (act === "relay") asked(service.relay(id, () => id));
        if (act === "leave") asked(service.leave(id));
        if (act === "leave") gone.add(id);
        if (act === "wait") await clock.advance(700);
        await pass(gap);
      }
      isSound = true;
      for (let at = 0; at < 20; at++) {
        await clock.advance(500);
        await pass(300);
      }
      const here = [...joined].filter((id) => !gone.has(id));
      const standing: string[] = [];
      for (const node of ["n0", "n1"])
        for await (const page of sound.ofNode(node)) standing.push(...page.map(({ id }) => id));
      expect(standing.filter((id) => !here.includes(id))).toEqual([]);
      // Whoever was refused asks again; whoever waits, or has met somebody, is where it was told.
      for (const id of here) if (!standing.includes(id)) await Promise.all([serviceOf(id).stop(id), clock.advance(0)]);
      for (let at = 0; at < 40; at++) {
        await clock.advance(500);
        await pass(200);
      }
      for (const id of here) {
        const match = await sound.matchOf(id);
        const partner = match?.earlier.id === id ? match.later : match?.earlier;
        expect(`${id} ${told.get(id)}`).toBe(partner === undefined ? `${id} waiting` : `${id} in ${partner.id}`);
      }
      const { matches, waiting } = await sound.counts();
      expect(Math.min(waiting["male"] ?? 0, waiting["female"] ?? 0)).toBe(0);
      expect((waiting["male"] ?? 0) + (waiting["female"] ?? 0) + 2 * matches).toBe(here.length);
      expect(wrong.filter((what) => what.includes("hears") || what.includes("overwhelmed"))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

async function pass(turns: number): Promise<void> {
  for (let left = turns; left > 0; left--) await Promise.resolve();
}

/** Takes as many turns of the event loop as the next number says, over and over. */
function wanderer(turns: readonly number[]): () => Promise<void> {
  let at = 0;
  return () => pass(turns[at++ % turns.length]!);
}

/** The same store, but every answer takes some turns of the event loop on its way there and back. */
function slowed(tickets: Tickets, wander: () => Promise<void>): Tickets {
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
    ofNode: tickets.ofNode,
    counts: tickets.counts,
  };
}

/** The same store, but a call may fail before it has done anything, or its answer may be lost. */
function failing(tickets: Tickets, fault: () => string): Tickets {
  const shaky =
    <Args extends unknown[], Result>(verb: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const what = fault();
      const lost = new StoreUnavailable(new Error(what));
      if (what === "undone") throw lost;
      const result = await verb(...args);
      if (what === "unheard") throw lost;
      return result;
    };
  return {
    ...tickets,
    place: shaky(tickets.place),
    reconsider: shaky(tickets.reconsider),
    withdraw: shaky(tickets.withdraw),
    matchOf: shaky(tickets.matchOf),
    end: shaky(tickets.end),
  };
}

/** The same bus, but every message takes some turns; those of one channel stay in order. */
function delayed(ground: SharedGround, wander: () => Promise<void>): SharedGround {
  const last = new Map<string, Promise<unknown>>();
  const publish = (channel: string, message: string): Promise<number | null> => {
    const before = last.get(channel) ?? Promise.resolve();
    const sent = before.then(wander).then(() => ground.bus.publish(channel, message));
    last.set(channel, sent);
    return sent;
  };
  return { ...ground, bus: { ...ground.bus, publish } };
}
