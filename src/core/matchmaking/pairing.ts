import type { Clock } from "../../ports/clock.ts";
import type { Match, Ticket, Tickets } from "../../ports/tickets.ts";
import { NodeUnreachable, type Courier } from "../cluster/courier.ts";
import type { Membership } from "../cluster/membership.ts";
import { DomainError } from "../errors/errors.ts";
import { PairingCounters } from "./counters.ts";
import { idle, Member, partnerIn, ticketIn } from "./member.ts";
import { currentPartings } from "./partings.ts";
import { createPost, type Counter, type Reception } from "./post.ts";
import { createReconciler } from "./reconcile.ts";
import { createSteps } from "./steps.ts";
import type { MemberView, Packing, Pairing, PairingCounts, PairingListener } from "./types.ts";

/** Requests of one member that may wait for their turn, and messages of it that may be on their way to another node. */
const LANE_LIMIT = 1_024;

/** Makes the one service of a queue on this node. */
export function createPairing(deps: {
  readonly tickets: Tickets;
  readonly clock: Clock;
  readonly courier: Courier;
  readonly membership: Membership;
  /** Under which name the services of the nodes know each other. */
  readonly queue: string;
  readonly packing: Packing;
  readonly listener: PairingListener;
}): Pairing {
  const { tickets, clock, courier, membership, queue, packing, listener } = deps;
  const members = new Map<string, Member>();
  const leaving = new Set<Member>();
  const failed = (error: unknown): void => listener.failed(error);
  const laneRules = { limit: LANE_LIMIT, failed };
  let draining = false;
  const counters = new PairingCounters(listener);
  const { relays } = counters;

  const counter: Counter = {
    matched(id, match) {
      const member = members.get(id);
      if (member === undefined || ticketIn(match, id).entry !== member.entry) return "gone";
      member.run(() => steps.arrive(member, match));
      return "taken";
    },
    parted(id, match) {
      const member = members.get(id);
      member?.run(() => steps.parted(member, match));
      return member === undefined ? "gone" : "taken";
    },
    relayed(id, matchId, message) {
      const member = members.get(id);
      if (member === undefined) return "gone";
      const taken = member.offer(() => {
        if (member.phase.name !== "matched" || member.phase.match.id !== matchId) return;
        relays.delivered++;
        listener.relayed(id, message);
      });
      return taken ? "taken" : "full";
    },
  };
  const post = createPost({ queue, courier, membership, clock, packing, counter, failed });
  const steps = createSteps({
    tickets,
    clock,
    node: courier.node,
    listener,
    post,
    isDraining: () => draining,
    counters,
  });
  const { missed } = steps;
  const cleared = (): void => counters.cleared();
  const reconciler = createReconciler({ tickets, clock, membership, post, members, missed, cleared, failed });

  /** Does what somebody asks for, unless it asks faster than it can be served. */
  const ask = (member: Member, task: () => Promise<void>): Promise<void> => {
    if (!member.isFull) return member.finish(task);
    listener.overwhelmed(member.id);
    return Promise.resolve();
  };

  /** Ends its match and queues it. If that fails, nobody knows what the store has of the member: that is cleared up. */
  const enqueue = async (member: Member): Promise<void> => {
    try {
      if (member.phase.name === "matched") await steps.part(member, member.phase.match);
      await steps.place(member);
    } catch (error) {
      member.enter(idle, clock.now());
      counters.gaveUp(member);
      // News of the ticket that may stand now find nobody.
      member.entry = 0;
      reconciler.owe();
      throw error;
    }
  };

  const depart = async (member: Member): Promise<void> => {
    const { phase, id } = member;
    try {
      if (phase.name === "matched") return await steps.part(member, phase.match);
      const match = (await tickets.withdraw(id)) ? null : await tickets.matchOf(id);
      if (match !== null) await steps.part(member, match);
    } catch (error) {
      reconciler.owe();
      throw error;
    } finally {
      member.enter(idle, clock.now());
      counters.gaveUp(member);
      leaving.delete(member);
    }
  };

  const overwhelmed = (id: string): void => {
    relays.refused++;
    listener.overwhelmed(id);
  };

  const answered = async (member: Member, match: Match, reception: Promise<Reception>): Promise<void> => {
    member.unanswered++;
    const lose = (): void => {
      relays.unreachable++;
      member.run(() => steps.lose(member, match));
    };
    try {
      const outcome = await reception;
      if (outcome === "gone") lose();
      if (outcome === "full") overwhelmed(member.id);
    } catch (error) {
      if (!(error instanceof NodeUnreachable)) throw error;
      lose();
    } finally {
      member.unanswered--;
    }
  };

  const send = async (member: Member, make: (own: Ticket) => unknown): Promise<void> => {
    if (member.phase.name !== "matched") return;
    const { match } = member.phase;
    const message = make(ticketIn(match, member.id));
    if (message === undefined) return;
    const isFull = member.unanswered >= LANE_LIMIT;
    const reception = isFull ? "full" : post.relay(partnerIn(match, member.id), match.id, message);
    if (reception instanceof Promise) await answered(member, match, reception);
    else if (reception === "gone") relays.unreachable++;
    else if (reception === "full") overwhelmed(member.id);
  };

  return {
    join(id, wish) {
      if (draining) return Promise.reject(new DomainError("draining"));
      const member = members.get(id) ?? new Member(laneRules, id, wish, clock.now());
      members.set(id, member);
      return ask(member, () => {
        member.wish = wish;
        return enqueue(member);
      });
    },

    async stop(id) {
      const member = members.get(id);
      if (member === undefined) return;
      await ask(member, async () => {
        if (member.phase.name !== "waiting") await enqueue(member);
      });
    },

    leave(id) {
      const member = members.get(id);
      if (member === undefined) return Promise.resolve();
      members.delete(id);
      leaving.add(member);
      return member.finish(() => depart(member));
    },

    relay(id, make) {
      const member = members.get(id);
      if (member === undefined) return Promise.resolve();
      return new Promise((done, refuse) => {
        const taken = member.offer(() => {
          // Not waited for in the lane: what is sent to one node gets there in the order it was sent.
          send(member, make).then(done, refuse);
        });
        if (taken) return;
        overwhelmed(id);
        done();
      });
    },

    drain() {
      draining = true;
    },

    async settled() {
      // What is done in the lane of one who leaves now comes behind its departure.
      await Promise.all([...leaving].map((member) => member.finish(() => Promise.resolve())));
    },

    async counts() {
      try {
        const { waiting, matches } = await tickets.counts();
        const inStore = Object.values(waiting).reduce((sum, size) => sum + size, 2 * matches);
        const outside = [...members.values()].filter(({ phase }) => phase.name === "idle" || phase.name === "resting");
        return { users: inStore + outside.length, usersHere: members.size, matches, waiting };
      } catch (error) {
        failed(error);
        return countsOf([...members.values()]);
      }
    },

    totals: () => counters.totals(),

    members: () => members.keys(),

    member(id) {
      const member = members.get(id);
      return member === undefined ? null : viewOf(member, clock.now());
    },

    cancel(id) {
      const member = members.get(id);
      if (member === undefined) return Promise.resolve(false);
      return member.finish(async () => {
        const { phase } = member;
        if (phase.name !== "waiting" && phase.name !== "resting") return false;
        if (phase.name === "waiting" && !(await tickets.withdraw(id, member.entry))) return false;
        member.enter(idle, clock.now());
        counters.gaveUp(member);
        return true;
      });
    },
  };
}

function viewOf({ id, phase, since, wish, partings }: Member, now: number): MemberView {
  const match = phase.name === "matched" ? phase.match : null;
  return {
    ...{ id, phase: phase.name, since, wish },
    match: match === null ? null : { id: match.id, madeAt: match.madeAt, partner: partnerIn(match, id) },
    avoids: currentPartings(partings, now),
  };
}

/** As far as this node alone can tell. */
function countsOf(members: readonly Member[]): PairingCounts {
  const waiting = new Map<string, number>();
  const matches = new Set<string>();
  for (const { phase, wish } of members) {
    if (phase.name === "matched") matches.add(phase.match.id);
    if (phase.name === "waiting") waiting.set(wish.side, (waiting.get(wish.side) ?? 0) + 1);
  }
  const users = members.length;
  return { users, usersHere: users, matches: matches.size, waiting: Object.fromEntries(waiting) };
}
