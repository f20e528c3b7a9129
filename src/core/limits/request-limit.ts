import type { Quota, Rates, Use } from "../../ports/rates.ts";

export interface RequestLimitOptions {
  readonly rates: Rates;
  /** What is limited, such as a face: limits of different names never share a count. */
  readonly name: string;
  /** What a client address may do; undefined: as much as it likes. */
  readonly address?: Quota | undefined;
  /** What an account may do, wherever it calls from; or for calls that name a budget of their own, that one. */
  readonly account?: Quota | undefined;
  /** Whether calls from this machine itself count. */
  readonly countsLocal: boolean;
  /** How headers call the address' budget. */
  readonly title?: string;
  /** A budget was used up. */
  refused?(whose: "address" | "account"): void;
}

/** Where a client stands. */
export interface Stand extends Use {
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
}

/** How often one client may call, on all nodes together. Each window slides: it is any so many seconds, not the clock's. */
export function createRequestLimit(options: RequestLimitOptions) {
  const { address, account, countsLocal, title = "default" } = options;
  return {
    countsLocal,
    /** Counts one request of a client address; null where that has no budget. */
    take: counter(options, title, address, "address"),
    /** Counts one request of somebody who has proved who it is; null where that has no budget. */
    takeAccount: counter(options, "account", account, "account"),
  };
}

/**
 * The same for calls that must not starve each other: each names a budget of its own, of the account's size, and all that
 * one client names are bounded by the address' size. A budget belongs to its client: nobody uses up another's by naming
 * the same.
 */
export function createOwnLimit(options: RequestLimitOptions) {
  const { address, account, countsLocal } = options;
  const takeOfAll = counter(options, "own-all", address, "address");
  const takeOwn = counter(options, "own", account, "account");
  return {
    countsLocal,
    async take(client: string, own?: string): Promise<Stand | null> {
      const all = await takeOfAll(client);
      if (all?.allowed === false || own === undefined || account === undefined) return all;
      return takeOwn(`${client}:${own}`);
    },
  };
}

/** Counts on a budget of a limit's, at once where that takes no store; null where there is no such budget. */
function counter(
  { rates, name, refused }: RequestLimitOptions,
  budget: string,
  quota: Quota | undefined,
  whose: "address" | "account",
): (who: string) => Stand | Promise<Stand> | null {
  if (quota === undefined) return () => null;
  const { limit, windowMs } = quota;
  const stand = ({ allowed, remaining, resetMs, retryMs }: Use): Stand => {
    if (!allowed) refused?.(whose);
    return { allowed, remaining, resetMs, retryMs, limit, windowMs, name: budget };
  };
  const prefix = `${name}:${budget}:`;
  // Whoever calls often is often who called last, and a text that has been looked up once has been written out and hashed.
  let latest = "";
  let key = prefix;
  return (who) => {
    if (who !== latest) {
      latest = who;
      key = prefix + who;
    }
    const use = rates.take(key, quota);
    return use instanceof Promise ? use.then(stand) : stand(use);
  };
}
