import { systemRandom } from "../../src/adapters/system/random.ts";
import { sortableUuid } from "../../src/core/ids/sortable-uuid.ts";

/** What a match of two who have just joined leaves in the tables of the arena. */

const CONTENDER = ["queue_id", "connect_code", "fighter_name", "wallet", "agent_id"] as const;

export const ENTRY_COLUMNS = [...CONTENDER, "status", "match_id", "created_at", "seen_at"] as const;

export const MATCH_COLUMNS = [
  "match_id",
  "status",
  ...["p1", "p2"].flatMap((side) => CONTENDER.map((column) => `${side}_${column}`)),
  "created_at",
  "active_at",
] as const;

type Row = (string | number)[];

/** The rows of the pair with this number. */
export function aPair(number: number): { readonly entries: readonly Row[]; readonly match: Row } {
  const now = Date.now();
  const match = sortableUuid(systemRandom, now);
  const [one, other] = [0, 1].map((side): Row => {
    const player = 2 * number + side;
    const wallet = `0x${String(player).padStart(40, "0")}`;
    return [sortableUuid(systemRandom, now), `BARE#${player}`, "phillip", wallet, `${player}`];
  }) as [Row, Row];
  return {
    entries: [one, other].map((contender) => [...contender, "matched", match, now, now]),
    match: [match, "playing", ...one, ...other, now, now],
  };
}
