import type { Clock } from "../../ports/clock.ts";
import type { Quota } from "../../ports/rates.ts";
import { SharedBudgets } from "./message-budget.ts";
import type { Stand } from "./request-limit.ts";

export interface NodeLimitOptions {
  readonly clock: Clock;
  /** How headers call the budgets. */
  readonly name: string;
  readonly address?: Quota | undefined;
  readonly account?: Quota | undefined;
  readonly countsLocal: boolean;
  /** A budget was used up. */
  refused?(whose: "address" | "account"): void;
}

/**
 * How often one client may call this node, for calls that come too often to ask a store: nothing is waited for, and while
 * a client is within its budget nothing is said of it.
 */
export function createNodeLimit({ clock, name, address, account, countsLocal, refused }: NodeLimitOptions) {
  return {
    countsLocal,
    take: counter(clock, name, address, () => refused?.("address")),
    takeAccount: counter(clock, `${name}-account`, account, () => refused?.("account")),
  };
}

/** Null: allowed. */
function counter(
  clock: Clock,
  name: string,
  quota: Quota | undefined,
  refused: () => void,
): (who: string) => Stand | null {
  if (quota === undefined) return () => null;
  const shared = new SharedBudgets(clock, quota);
  return (who) => {
    const budget = shared.takeOnce(who);
    if (budget === null) return null;
    refused();
    return {
      ...quota,
      name,
      allowed: false,
      remaining: 0,
      resetMs: budget.resetMs,
      retryMs: Math.max(1, budget.retryMs),
    };
  };
}
