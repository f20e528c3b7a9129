import type { Clock } from "../../ports/clock.ts";
import type { Match, Ticket, Tickets } from "../../ports/tickets.ts";
import { DomainError } from "../errors/errors.ts";
import { createLane } from "./lane.ts";
import { enter, type Member } from "./member.ts";
import { createPartings } from "./partings.ts";
import type { Pairing, PairingListener, Wish } from "./types.ts";

/** How long somebody whose partner has gone rests before being queued again, in ms. */
export const REQUEUE_MS = 1_000;
/** How long two who have parted avoid each other while anyone else could come, in ms. */
export const AVOID_MS = 10_000;
/** How long after a failure of the store a step of our own is tried again, in ms. */
const RETRY_MS = 1_000;
/** Requests of one member that may wait for their turn. */
const LANE_LIMIT = 1_024;

/** Makes the one service of a queue. The steps below run in the lane of the member they are given. */
export function createPairing(deps: {
  readonly tickets: Tickets;
  readonly clock: Clock;
  /** The name of the queue; members of different queues never meet. */
  readonly queue: string;
  readonly listener: PairingListener;
}): Pairing {
  const { tickets, clock, queue, listener } = deps;
  const members = new Map<string, Member>();
  let draining = false;
  let entries = 0;
  let matched = 0;
  let relayed = 0;

  const newMember = (id: string, wish: Wish): Member => {
    const lane = createLane(LANE_LIMIT, (error) => listener.failed(error));
    const phase = { name: "idle" } as const;
    return { id, lane, partings: createPartings(), entry: 0, wish, phase, timer: null };
  };

  const ask = (member: Member, task: () => Promise<void>): Promise<void> =>
    new Promise((done, refuse) => {
      const taken = member.lane.offer(() => task().then(done, refuse));
      if (taken) return;
      listener.overwhelmed(member.id);
      done();
    });

  /** Never waited for, so that two lanes cannot wait for each other. */
  const tell = (id: string, news: (member: Member) => void): void => {
    const member = members.get(id);
    member?.lane.run(() => news(member));
  };

  /** Does a step of our own later, unless the member has moved on by then. */
  const later = (member: Member, ms: number, step: () => Promise<void>): void => {
    const { phase } = member;
    const attempt = async (): Promise<void> => {
      if (member.phase !== phase || draining) return;
      try {
        await step();
      } catch (error) {
        listener.failed(error);
        if (member.phase === phase) later(member, RETRY_MS, step);
      }
    };
    member.timer = clock.after(ms, () => member.lane.run(attempt));
  };

  const arrive = (member: Member, match: Match): void => {
    if (ticketIn(match, member.id).entry !== member.entry || isIn(member, match)) return;
    enter(member, { name: "matched", match });
    listener.matched(member.id, partnerIn(match, member.id), match.later.id === member.id);
  };

  const meet = (member: Member, match: Match): void => {
    matched++;
    // The partner hears first: the initiator's offer must not find it unprepared.
    tell(partnerIn(match, member.id).id, (partner) => arrive(partner, match));
    arrive(member, match);
  };

  const parted = (member: Member, match: Match): void => {
    const isUntold = member.phase.name === "waiting" && ticketIn(match, member.id).entry === member.entry;
    if (isUntold) {
      // The news of the match itself was lost on the way from the store: to this member nothing has happened.
      enter(member, { name: "resting" });
      later(member, 0, () => place(member));
      return;
    }
    if (!isIn(member, match)) return;
    member.partings.add(partnerIn(match, member.id).id, clock.now() + AVOID_MS);
    enter(member, { name: "resting" });
    listener.parted(member.id);
    later(member, REQUEUE_MS, () => place(member));
  };

  const part = async (member: Member, match: Match): Promise<void> => {
    const partner = partnerIn(match, member.id);
    member.partings.add(partner.id, clock.now() + AVOID_MS);
    const ended = await tickets.end(match.id);
    enter(member, { name: "idle" });
    if (ended !== null) tell(partner.id, (other) => parted(other, match));
  };

  /** Looks again when the next avoidance runs out, so that two who are alone meet again. */
  const watch = (member: Member): void => {
    const now = clock.now();
    const ends = member.partings.current(now).map((one) => one.until);
    if (ends.length === 0) return;
    later(member, Math.min(...ends) - now, async () => {
      // A step tried again may find that it had succeeded before, and only the answer was lost.
      const match = (await tickets.reconsider(member.id)) ?? (await tickets.matchOf(member.id));
      if (match === null) watch(member);
      else meet(member, match);
    });
  };

  const place = async (member: Member): Promise<void> => {
    const entry = (member.entry = ++entries);
    while (!draining) {
      const { id, wish, partings } = member;
      const placement = await tickets.place({ id, entry, queue, ...wish, avoid: partings.current(clock.now()) });
      if (placement?.status === "matched") return meet(member, placement.match);
      if (placement?.status === "waiting") {
        enter(member, { name: "waiting" });
        listener.waiting(id, placement.position);
        return watch(member);
      }
      // Its old ticket has just been met and the news is still on its way: that match ends unheard of.
      const match = await tickets.matchOf(id);
      if (match !== null) await part(member, match);
    }
  };

  return {
    async join(id, wish) {
      if (draining) throw new DomainError("draining");
      const member = members.get(id) ?? newMember(id, wish);
      members.set(id, member);
      await ask(member, async () => {
        member.wish = wish;
        if (member.phase.name === "matched") await part(member, member.phase.match);
        await place(member);
      });
    },

    async stop(id) {
      const member = members.get(id);
      if (member === undefined) return;
      await ask(member, async () => {
        const { phase } = member;
        if (phase.name === "matched") await part(member, phase.match);
        if (phase.name !== "waiting") await place(member);
      });
    },

    async leave(id) {
      const member = members.get(id);
      if (member === undefined) return;
      members.delete(id);
      await new Promise<void>((done, refuse) => {
        const go = async (): Promise<void> => {
          const withdrawn = await tickets.withdraw(id);
          const match = withdrawn ? null : await tickets.matchOf(id);
          if (match !== null) await part(member, match);
          enter(member, { name: "idle" });
        };
        member.lane.run(() => go().then(done, refuse));
      });
    },

    relay(id, deliver) {
      const member = members.get(id);
      const taken = member?.lane.offer(() => {
        if (member.phase.name !== "matched") return;
        const { match } = member.phase;
        const partner = members.get(partnerIn(match, id).id);
        const handed = partner?.lane.offer(() => {
          if (partner.phase.name !== "matched" || partner.phase.match.id !== match.id) return;
          relayed++;
          deliver(partnerIn(match, id), partnerIn(match, partner.id));
        });
        if (handed === false) listener.overwhelmed(id);
      });
      if (taken === false) listener.overwhelmed(id);
    },

    drain() {
      draining = true;
    },

    async counts() {
      const { waiting, matches } = await tickets.counts(queue);
      return { users: members.size, matches, waiting };
    },

    totals: () => ({ matched, relayed }),
  };
}

function isIn(member: Member, match: Match): boolean {
  return member.phase.name === "matched" && member.phase.match.id === match.id;
}

function ticketIn(match: Match, id: string): Ticket {
  return match.earlier.id === id ? match.earlier : match.later;
}

function partnerIn(match: Match, id: string): Ticket {
  return match.earlier.id === id ? match.later : match.earlier;
}
