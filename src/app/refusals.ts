import type { BudgetTable } from "../core/limits/budget-table.ts";
import { Tally } from "../core/measures/tally.ts";
import type { Figure } from "../transport/face.ts";

/** Counts what was refused: over a budget, and with which code. */
export interface Refusals {
  /** A budget of a class was used up. */
  over(kind: string, whom: string): void;
  /** A request, or a message on a socket, was answered with this code. */
  answered(over: "http" | "socket", code: string): void;
  /** Under `http` or `socket`, a space and the code: how often. */
  byCode(): ReadonlyMap<string, number>;
  figures(): readonly Figure[];
}

export function createRefusals(table: BudgetTable): Refusals {
  const budgets = Object.entries(table).flatMap(([kind, quotas]) => Object.keys(quotas).map((who) => `${kind} ${who}`));
  const overs = new Tally(budgets);
  // Of what should never happen even the first is worth an alert.
  const codes = new Tally(["http internal", "socket internal", "http store_unavailable"]);
  return {
    over: (kind, whom) => overs.add(`${kind} ${whom}`),
    answered: (over, code) => codes.add(`${over} ${code}`),
    byCode: () => codes.read(),
    figures: () => [
      ...[...overs.read()].map(([key, value]): Figure => {
        const [kind = "", whom = ""] = key.split(" ");
        const help = "What was refused because a budget was used up, by class of message and whose budget it was.";
        return { name: "budget_refusals_total", help, type: "counter", value, labels: { class: kind, whom } };
      }),
      ...[...codes.read()].map(([key, value]): Figure => {
        const [over = "", code = "other"] = key.split(" ");
        const help = "Requests and messages on sockets that were refused, by code.";
        return { name: "errors_total", help, type: "counter", value, labels: { over, code } };
      }),
    ],
  };
}
