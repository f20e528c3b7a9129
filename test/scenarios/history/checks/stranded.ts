import type { Check } from "../check.ts";
import { by } from "../windows.ts";

/** Who seeks whom: nobody may wait on one side while somebody waits on the other. */
const SEEKS: Readonly<Record<string, string>> = { any: "any", male: "female", female: "male" };

/** 2. When all is quiet, at most one ticket waits of those that would take one another. */
export const stranded: Check = (history) =>
  [...by(history.of("stranded"), ({ queue }) => queue)].flatMap(([queue, all]) => {
    const waiting = (side: string): number => all.find((one) => one.side === side)?.tickets.length ?? 0;
    return all
      .filter(({ side, tickets }) => {
        const other = SEEKS[side] ?? side;
        return other === side ? tickets.length > 1 : tickets.length > 0 && waiting(other) > 0;
      })
      .map((one) => ({
        invariant: 2 as const,
        what: `${queue}: ${one.tickets.length} of side ${one.side} wait for nothing`,
        proof: all,
      }));
  });
