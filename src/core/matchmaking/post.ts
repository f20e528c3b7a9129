import { NodeUnreachable, type Courier } from "../cluster/courier.ts";
import type { Membership } from "../cluster/membership.ts";
import type { Clock } from "../../ports/clock.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Match, Ticket } from "../../ports/tickets.ts";
import type { Packing } from "./types.ts";

/** How a node takes news for one of its members; `gone`: the member or this entry of it is not there any more. */
export type Reception = "taken" | "gone" | "full";

/** What a node does with news for its own members; each returns at once. */
export interface Counter {
  matched(id: string, match: Match): Reception;
  parted(id: string, match: Match): Reception;
  relayed(id: string, matchId: string, message: unknown): Reception;
}

/** Brings news to partners, on whichever node they are; to those of this node before it returns. */
export interface Post {
  /** @throws {NodeUnreachable} @throws {StoreUnavailable} */
  matched(to: Ticket, match: Match): Reception | Promise<Reception>;
  /** Tells it now; a node that is gone needs no telling. @throws as matched */
  parted(to: Ticket, match: Match): Promise<void>;
  /** Tells it until it is heard. */
  insist(to: Ticket, match: Match): void;
  /** @throws as matched */
  relay(to: Ticket, matchId: string, message: unknown): Reception | Promise<Reception>;
}

/** How long after a failure a partner is told again, in ms. */
const AGAIN_MS = 1_000;
/** News that may wait to be told again. Past this the partner finds out by itself when it next speaks. */
const MOST_OWED = 10_000;

export function createPost(deps: {
  readonly queue: string;
  readonly courier: Courier;
  readonly membership: Membership;
  readonly clock: Clock;
  readonly packing: Packing;
  readonly counter: Counter;
  failed(error: unknown): void;
}): Post {
  const { queue, courier, membership, clock, packing, counter, failed } = deps;
  const topic = (kind: string): string => `pairing:${queue}:${kind}`;
  let owed = 0;

  courier.serve(topic("matched"), (body) => {
    const [id, match] = JSON.parse(body) as [string, Match];
    return counter.matched(id, match);
  });
  courier.serve(topic("parted"), (body) => {
    const [id, match] = JSON.parse(body) as [string, Match];
    return counter.parted(id, match);
  });
  courier.serve(topic("relay"), (body) => {
    const [id, matchId, text] = JSON.parse(body) as [string, string, string];
    return counter.relayed(id, matchId, packing.unpack(text));
  });

  const ask = async (to: Ticket, kind: string, ...more: unknown[]): Promise<Reception> =>
    (await courier.ask(to.node, topic(kind), JSON.stringify([to.id, ...more]))) as Reception;
  const isHere = (to: Ticket): boolean => to.node === courier.node;

  const parted = async (to: Ticket, match: Match): Promise<void> => {
    if (isHere(to)) return void counter.parted(to.id, match);
    try {
      await ask(to, "parted", match);
    } catch (error) {
      if (!(error instanceof NodeUnreachable) || membership.isLive(to.node)) throw error;
    }
  };

  const insist = (to: Ticket, match: Match): void => {
    // Those of this node cannot fail to hear.
    if (isHere(to)) return void counter.parted(to.id, match);
    parted(to, match).catch((error: unknown) => {
      const isPassing = error instanceof NodeUnreachable || error instanceof StoreUnavailable;
      if (!isPassing || owed >= MOST_OWED) return failed(error);
      owed++;
      clock.after(AGAIN_MS, () => {
        owed--;
        insist(to, match);
      });
    });
  };

  return {
    matched: (to, match) => (isHere(to) ? counter.matched(to.id, match) : ask(to, "matched", match)),
    parted,
    insist,
    relay: (to, matchId, message) =>
      isHere(to) ? counter.relayed(to.id, matchId, message) : ask(to, "relay", matchId, packing.pack(message)),
  };
}
