import type { Clock } from "../../../ports/clock.ts";
import type { Homes } from "../../../ports/homes.ts";
import type { RedisCalls } from "../calls.ts";
import type { Script } from "../script.ts";
import { find } from "./find.ts";
import { release } from "./release.ts";
import { renew } from "./renew.ts";
import { settle } from "./settle.ts";

export interface RedisHomesOptions {
  readonly calls: RedisCalls;
  /** What lives there; kinds never see each other. */
  readonly kind: string;
  /** Left out in production: Redis' own clock counts, so that nodes whose clocks differ agree. */
  readonly clock?: Clock;
}

/** How many homes are renewed at once; the rest waits its turn, so that other commands come through. */
const RENEW_AT_ONCE = 256;

/** Homes that several nodes share. A name is one key in a slot of its own, so that a cluster spreads them. */
export function createRedisHomes({ calls, kind, clock }: RedisHomesOptions): Homes {
  const call = (step: Script, name: string, ...args: (string | number)[]): Promise<unknown> =>
    calls.script(step, [`rendezvous:home:{${kind}:${name}}`], [clock?.now() ?? 0, ...args]);

  return {
    settle: async (name, node, ttlMs, insteadOf = "") => (await call(settle, name, node, ttlMs, insteadOf)) as string,
    async renew(names, node, ttlMs) {
      const lost: string[] = [];
      for (let from = 0; from < names.length; from += RENEW_AT_ONCE) {
        const some = names.slice(from, from + RENEW_AT_ONCE);
        const renewed = await Promise.all(some.map((name) => call(renew, name, node, ttlMs)));
        lost.push(...some.filter((_, at) => renewed[at] !== 1));
      }
      return lost;
    },
    async release(name, node) {
      await call(release, name, node);
    },
    find: async (name) => (await call(find, name, "")) as string | null,
  };
}
