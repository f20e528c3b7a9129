import type { Clock } from "../../ports/clock.ts";
import type { Tickets } from "../../ports/tickets.ts";
import type { Membership } from "../cluster/membership.ts";
import { Lane } from "./lane.ts";
import { partnerIn, ticketIn, type Member } from "./member.ts";
import type { Post } from "./post.ts";
import { RETRY_MS } from "./steps.ts";

/** Looks that may wait for their turn: each sees all that the ones before have left. */
const MOST_LOOKS = 1;

/** Keeps what the store has and what the nodes know the same, after either has failed. */
export interface Reconciler {
  /** Something of this node may stand in the store that should not: looks after it until the store answers. */
  owe(): void;
}

export function createReconciler(deps: {
  readonly tickets: Tickets;
  readonly clock: Clock;
  readonly membership: Membership;
  readonly post: Post;
  readonly members: ReadonlyMap<string, Member>;
  /** The store has neither the ticket nor the match this member is told of. Runs in its lane. */
  missed(member: Member): void;
  /** A ticket was taken out of its line whose owner is gone. */
  cleared(): void;
  failed(error: unknown): void;
}): Reconciler {
  const { tickets, clock, membership, post, members, missed, cleared, failed } = deps;
  const lane = new Lane({ limit: MOST_LOOKS, failed });
  let owing = false;

  /** Does away with a ticket whose owner is gone. Each step is idempotent, and the partner hears before the match ends. */
  const clear = async (id: string, entry: number): Promise<void> => {
    if (await tickets.withdraw(id, entry)) return cleared();
    const match = await tickets.matchOf(id);
    if (match === null || ticketIn(match, id).entry !== entry) return;
    await post.parted(partnerIn(match, id), match);
    await tickets.end(match.id);
  };

  const look = async (): Promise<void> => {
    const before = [...members.values()].map((member) => [member, member.moves] as const);
    const standing = new Map<string, number>();
    for await (const page of tickets.ofNode(membership.node)) {
      for (const { id, entry } of page) standing.set(id, entry);
      await Promise.all(page.filter(({ id }) => !members.has(id)).map(({ id, entry }) => clear(id, entry)));
    }
    for (const [member, moves] of before) {
      const entry = standing.get(member.id);
      member.run(() => {
        if (member.moves !== moves) return undefined;
        if (entry === undefined) return missed(member);
        return member.phase.name === "idle" ? clear(member.id, entry).catch(again) : undefined;
      });
    }
  };

  const again = (error: unknown): void => {
    failed(error);
    owe();
  };
  const lookNow = (): void => void lane.offer(() => look().catch(again));

  const owe = (): void => {
    if (owing) return;
    owing = true;
    clock.after(RETRY_MS, () => {
      owing = false;
      lookNow();
    });
  };

  membership.onReturn(lookNow);
  membership.onDeath(async (node) => {
    for await (const page of tickets.ofNode(node)) {
      await Promise.all(page.map(({ id, entry }) => clear(id, entry)));
    }
  });

  return { owe };
}
