import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import { MOST_PASSED, type Match, type Ticket, type Tickets } from "../../../ports/tickets.ts";
import type { RedisCalls } from "../calls.ts";
import type { Script } from "../script.ts";
import { counts } from "./counts.ts";
import { end } from "./end.ts";
import { matchOf } from "./match-of.ts";
import { ofNode } from "./of-node.ts";
import { place } from "./place.ts";
import { reconsider } from "./reconsider.ts";
import { withdraw } from "./withdraw.ts";

/** About how many tickets of a node are handed out at once. */
const PAGE = 500;

export interface RedisTicketsOptions {
  readonly calls: RedisCalls;
  readonly random: Random;
  readonly queue: string;
  /** Left out in production: Redis' own clock counts, so that nodes whose clocks differ agree. */
  readonly clock?: Clock;
}

/** The waiting lines and matches of one queue that several nodes share. Every verb is one script, hence one step. */
export function createRedisTickets({ calls, random, queue, clock }: RedisTicketsOptions): Tickets {
  const keys = [`rendezvous:{tickets:${queue}}`];
  const call = (step: Script, ...args: (string | number)[]): Promise<unknown> =>
    calls.script(step, keys, [clock?.now() ?? 0, ...args]);
  const matchOrNull = async (step: Script, ...args: (string | number)[]): Promise<Match | null> => {
    const reply = await call(step, ...args);
    return reply === null ? null : matchIn(reply as Reply);
  };

  return {
    async place(ticket) {
      const { id, entry, node, side, seeks } = ticket;
      const avoided = ticket.avoid.flatMap((one) => [one.id, one.forMs]);
      const text = JSON.stringify(ticket);
      const reply = await call(place, id, entry, node, side, seeks, text, random.uuid(), MOST_PASSED, ...avoided);
      if (reply === null) return null;
      if (typeof reply === "number") return { status: "waiting", position: reply };
      return { status: "matched", match: matchIn(reply as Reply) };
    },
    reconsider: (id) => matchOrNull(reconsider, id, random.uuid(), MOST_PASSED),
    withdraw: async (id, entry) => (await call(withdraw, id, entry ?? "")) === 1,
    matchOf: (id) => matchOrNull(matchOf, id),
    end: (matchId) => matchOrNull(end, matchId),
    async *ofNode(node) {
      let cursor = "0";
      do {
        const [next, flat] = (await call(ofNode, node, cursor, PAGE)) as [string, string[]];
        cursor = next;
        if (flat.length > 0) yield pairsOf(flat).map(([id, entry]) => ({ id, entry: Number(entry) }));
      } while (cursor !== "0");
    },
    async counts() {
      const [matches, flat] = (await call(counts)) as [number, string[]];
      return { waiting: Object.fromEntries(pairsOf(flat).map(([side, size]) => [side, Number(size)])), matches };
    },
  };
}

/** As the scripts' `joinUp` and `matched` write it. */
type Reply = [id: string, earlier: string, later: string, madeAt: string];

function matchIn([id, earlier, later, madeAt]: Reply): Match {
  return { id, earlier: JSON.parse(earlier) as Ticket, later: JSON.parse(later) as Ticket, madeAt: Number(madeAt) };
}

function pairsOf(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at]!, flat[2 * at + 1]!]);
}
