import type { Clock } from "../../ports/clock.ts";
import type { Match, Ticket, Tickets } from "../../ports/tickets.ts";
import { NodeUnreachable } from "../cluster/courier.ts";
import type { PairingCounters } from "./counters.ts";
import { idle, isIn, partnerIn, resting, ticketIn, waiting, type Member } from "./member.ts";
import { currentPartings, partingsWith } from "./partings.ts";
import type { Post, Reception } from "./post.ts";
import type { PairingListener } from "./types.ts";

/** How long somebody whose partner has gone rests before being queued again, in ms. */
export const REQUEUE_MS = 1_000;
/** How long two who have parted avoid each other while anyone else could come, in ms. */
export const AVOID_MS = 10_000;
/** How long after a failure of the store a step of our own is tried again, in ms. */
export const RETRY_MS = 1_000;

/** Most avoid nobody, and share the list of them for as long as they wait. */
const NOBODY: Ticket["avoid"] = [];

/** What can happen to a member. Each step runs in the lane of the member it is given. */
export interface Steps {
  /** Queues the member, or brings it together with somebody. */
  place(member: Member): Promise<void>;
  /** Ends its match of its own will. */
  part(member: Member, match: Match): Promise<void>;
  /** The match was made: its partner, or its partner's node, says so. */
  arrive(member: Member, match: Match): void;
  /** The match is over: its partner, or whoever cleared up after it, says so. */
  parted(member: Member, match: Match): void;
  /** The partner cannot be reached any more. */
  lose(member: Member, match: Match): Promise<void>;
  /** The store has lost its ticket, or its match. */
  missed(member: Member): void;
}

export function createSteps(deps: {
  readonly tickets: Tickets;
  readonly clock: Clock;
  readonly node: string;
  readonly listener: PairingListener;
  readonly post: Post;
  isDraining(): boolean;
  readonly counters: PairingCounters;
}): Steps {
  const { tickets, clock, node, listener, post, isDraining, counters } = deps;
  let entries = 0;

  /** Does a step of our own later, unless the member has moved on by then. */
  const later = (member: Member, ms: number, step: () => Promise<void>): void => {
    const { moves } = member;
    const attempt = async (): Promise<void> => {
      if (member.moves !== moves || isDraining()) return;
      try {
        await step();
      } catch (error) {
        listener.failed(error);
        if (member.moves === moves) later(member, RETRY_MS, step);
      }
    };
    member.timer = clock.after(ms, () => member.run(attempt));
  };

  const rest = (member: Member, ms: number): void => {
    member.enter(resting, clock.now());
    later(member, ms, () => place(member));
  };

  const arrive = (member: Member, match: Match): void => {
    if (ticketIn(match, member.id).entry !== member.entry || isIn(member, match)) return;
    const now = clock.now();
    member.enter({ name: "matched", match }, now);
    counters.found(member, now);
    listener.matched(member.id, partnerIn(match, member.id), match.later.id === member.id);
  };

  /** What became of telling the partner. Unless it has taken the news, there is no match any more. */
  const meet = async (member: Member, match: Match): Promise<Reception | "unreachable"> => {
    const partner = partnerIn(match, member.id);
    // The partner hears first: the initiator's offer must not find it unprepared.
    const told = post.matched(partner, match);
    const reception = told instanceof Promise ? await heard(told) : told;
    if (reception === "taken") {
      counters.matched++;
      arrive(member, match);
      return reception;
    }
    await tickets.end(match.id);
    // It may have heard all the same.
    if (reception === "unreachable") post.insist(partner, match);
    return reception;
  };

  const heard = async (told: Promise<Reception>): Promise<Reception | "unreachable"> => {
    try {
      return await told;
    } catch (error) {
      if (!(error instanceof NodeUnreachable)) listener.failed(error);
      return "unreachable";
    }
  };

  const partFrom = (member: Member, id: string): void => {
    member.partings = partingsWith(member.partings, id, clock.now() + AVOID_MS);
  };

  const parted = (member: Member, match: Match): void => {
    const isUntold = member.phase.name === "waiting" && ticketIn(match, member.id).entry === member.entry;
    // The news of the match itself was lost on the way: to this member nothing has happened.
    if (isUntold) return rest(member, 0);
    if (!isIn(member, match)) return;
    partFrom(member, partnerIn(match, member.id).id);
    listener.parted(member.id);
    rest(member, REQUEUE_MS);
  };

  const part = async (member: Member, match: Match): Promise<void> => {
    const partner = partnerIn(match, member.id);
    partFrom(member, partner.id);
    try {
      await tickets.end(match.id);
    } finally {
      member.enter(idle, clock.now());
      // Also if somebody else has ended it, or the store has lost it: who knows whether the partner has heard.
      post.insist(partner, match);
    }
  };

  /** Looks again when the next avoidance runs out, so that two who are alone meet again. */
  const watch = (member: Member, mayBeEarly = false): void => {
    const now = clock.now();
    const partings = currentPartings(member.partings, now);
    if (partings.length === 0 && !mayBeEarly) return;
    // In the store, an avoidance runs out as much later as the ticket took to get there.
    const ms = partings.length === 0 ? RETRY_MS : Math.min(...partings.map((one) => one.until)) - now;
    later(member, ms, async () => {
      // A step tried again may find that it had succeeded before, and only the answer was lost.
      const match = (await tickets.reconsider(member.id)) ?? (await tickets.matchOf(member.id));
      if (match === null) return watch(member, partings.length > 0);
      const reception = await meet(member, match);
      if (reception !== "taken") rest(member, reception === "gone" ? 0 : REQUEUE_MS);
    });
  };

  const place = async (member: Member): Promise<void> => {
    counters.wants(member, clock.now());
    while (!isDraining()) {
      const entry = (member.entry = ++entries);
      const { id } = member;
      const { side, seeks, attributes } = member.wish;
      const now = clock.now();
      // What has run out need not be kept for as long as it waits.
      const partings = (member.partings = currentPartings(member.partings, now));
      const avoid = partings.length === 0 ? NOBODY : partings.map((one) => ({ id: one.id, forMs: one.until - now }));
      const placement = await tickets.place({ id, entry, node, side, seeks, attributes, avoid });
      if (placement?.status === "waiting") {
        member.enter(waiting, clock.now());
        listener.waiting(id, placement.position);
        return watch(member);
      }
      if (placement?.status === "matched") {
        const reception = await meet(member, placement.match);
        if (reception === "taken") return;
        // A ticket whose owner had just left: the next one in line may be met instead.
        if (reception !== "gone") return rest(member, REQUEUE_MS);
        continue;
      }
      // Its old ticket has just been met and the news is still on its way: that match ends unheard of.
      const match = await tickets.matchOf(id);
      if (match !== null) await part(member, match);
    }
  };

  const lose = async (member: Member, match: Match): Promise<void> => {
    if (!isIn(member, match)) return;
    parted(member, match);
    post.insist(partnerIn(match, member.id), match);
    await tickets.end(match.id);
  };

  const missed = (member: Member): void => {
    if (member.phase.name === "waiting") rest(member, 0);
    else if (member.phase.name === "matched") parted(member, member.phase.match);
  };

  return { place, part, arrive, parted, lose, missed };
}
