import type { LeasePages } from "../../../ports/lease-pages.ts";
import type { Hold, Lease, LeaseCounts, Leases, LeaseState } from "../../../ports/leases.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { RedisCalls } from "../calls.ts";
import type { Script } from "../script.ts";
import { together } from "../together.ts";
import { alike, type Alike } from "../alike.ts";
import { claim } from "./claim.ts";
import { counts } from "./counts.ts";
import { end } from "./end.ts";
import { find } from "./find.ts";
import { free } from "./free.ts";
import { freed } from "./freed.ts";
import { missing } from "./missing.ts";
import { occupy } from "./occupy.ts";
import { page } from "./page.ts";
import { release } from "./release.ts";
import { renew } from "./renew.ts";
import { sweep } from "./sweep.ts";

export interface RedisLeasesOptions {
  readonly calls: RedisCalls;
  readonly pool: string;
  /** Left out in production: Redis' own clock counts, so that nodes whose clocks differ agree. */
  readonly clock?: Clock;
  /** Called when the store turns out to have lost what was in it. */
  readonly lost?: () => void;
}

/** Leases of one pool that several nodes share. Every verb is one script, hence one step. */
export function createRedisLeases({
  calls,
  pool,
  clock,
  lost,
}: RedisLeasesOptions): Leases & LeasePages & Required<Pick<Leases, "freed">> {
  const keys = [`rendezvous:{${pool}}`];
  const call = (step: Script, ...args: (string | number)[]): Promise<unknown> =>
    calls.script(step, keys, [clock?.now() ?? 0, ...args]);
  const leaseOrNull = async (step: Script, ...args: (string | number)[]): Promise<Lease | null> => {
    const reply = await call(step, ...args);
    return reply === null ? null : leaseOf(reply as Reply);
  };

  let epoch = "";
  const seen = (now: string): void => {
    if (epoch !== "" && epoch !== now) lost?.();
    epoch = now;
  };

  // Whoever asked has been told that there is none; a host it got all the same must not wait for it.
  const giveBack = (found: readonly Claim[]): void => {
    for (const one of found) {
      if (typeof one === "number") continue;
      call(release, one.id, one.epoch, "idle").catch(() => undefined);
    }
  };
  const claimAll = together<Wanted, Claim>(async (claims) => {
    const kinds = alike(claims, ({ group, forMs }) => `${forMs} ${group === undefined ? "" : `:${group}`}`);
    const args = kinds.flatMap(({ one: { group, forMs }, at }) => [
      ...[group ?? "", group === undefined ? "0" : "1"],
      ...[forMs, at.length],
    ]);
    const late = (reply: unknown): void => giveBack(claimsOf(reply as Claims, kinds).claims);
    const reply = await calls.script(claim, keys, [clock?.now() ?? 0, epoch, ...args], late, claims.length);
    const { store, claims: found } = claimsOf(reply as Claims, kinds);
    seen(store);
    return found;
  });

  return {
    async renew({ id, group, alias, value, ttlMs, state, begin, exclusive }) {
      const said = [state ?? "", begin ?? "", epoch, exclusive === true ? "1" : "0"];
      const kept = typeof value === "string" ? value : JSON.stringify(value);
      const reply = await call(renew, id, group, alias, kept, ttlMs, ...said);
      const [store, lease, created, moved] = reply as [string, Reply?, number?, number?];
      seen(store);
      if (lease === undefined) return null;
      return { lease: leaseOf(lease), created: created === 1, moved: moved === 1 };
    },
    find: (by) => ("id" in by ? leaseOrNull(find, "id", by.id) : leaseOrNull(find, "alias", by.alias)),
    missing: async (ids) => (ids.length === 0 ? [] : ((await call(missing, ...ids)) as string[])),
    occupy: (id, forMs) => leaseOrNull(occupy, id, forMs ?? ""),
    free: (id, what) => leaseOrNull(free, id, what),
    async claim(request) {
      let found: Claim;
      do found = await claimAll(request);
      while (found === 1);
      return found === 0 ? null : found;
    },
    release: async (id, epoch, then) => (await call(release, id, epoch, then)) === 1,
    end: async (id) => {
      const revision = (await call(end, id)) as string | null;
      return revision === null ? null : Number(revision);
    },
    async counts(): Promise<LeaseCounts> {
      const [idle, allocated, busy, lapsed] = (await call(counts)) as [number, number, number, number];
      return { idle, allocated, busy, lapsed };
    },
    sweep: async () => (await call(sweep)) as number,
    freed: async () => ((await call(freed)) as Reply[]).map(leaseOf),
    async page(from, limit) {
      const began = from ?? "0";
      const [next, leases] = (await call(page, began, limit)) as [string, Reply[]];
      return { leases: leases.map(leaseOf), from: began, next: next === "0" ? null : next };
    },
  };
}

/** As the scripts' `reply` writes it. */
type Reply = [string, string, string, string, string, string, string, string, string];

/** What `claim` answers. */
type Claims = [head: string, ...values: string[]];
type Allocated = [id: string, alias: string, expiresAt: string, group?: string];

type Wanted = Parameters<Leases["claim"]>[0];

/** What has come of one claim: a lease, 0 for none, 1 if it is worth asking again. */
type Claim = Lease | 0 | 1;

function leaseOf([id, group, alias, value, state, hold, expiresAt, epoch, revision]: Reply): Lease {
  return {
    id,
    group,
    alias,
    value,
    state: state as LeaseState,
    hold: hold === "" ? null : (hold as Hold),
    expiresAt: Number(expiresAt),
    epoch: Number(epoch),
    revision: Number(revision),
  };
}

/** `claims`: of each caller, in the order in which they asked. */
function claimsOf(
  [head, ...values]: Claims,
  kinds: readonly Alike<Wanted>[],
): { readonly store: string; readonly claims: readonly Claim[] } {
  const [store, first, ...found] = JSON.parse(head) as [string, string, ...(readonly (Allocated | 0 | 1)[])[]];
  let revision = Number(first);
  let valuesRead = 0;
  const claims: Claim[] = [];
  for (const [n, { one, at }] of kinds.entries()) {
    for (const [k, got] of found[n]!.entries()) {
      claims[at[k]!] = typeof got === "number" ? got : allocatedOf(got, one.group, values[valuesRead++]!, revision + k);
    }
    revision += at.length;
  }
  return { store, claims };
}

function allocatedOf(
  [id, alias, expiresAt, group]: Allocated,
  wanted: string | undefined,
  value: string,
  revision: number,
): Lease {
  return {
    id,
    group: wanted ?? group!,
    alias,
    value,
    state: "allocated",
    hold: null,
    expiresAt: Number(expiresAt),
    epoch: revision,
    revision,
  };
}
