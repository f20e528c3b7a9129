import type { Clock } from "../../ports/clock.ts";
import type { Homes } from "../../ports/homes.ts";

/** Homes in one process. No verb waits in the middle, so each is one step. */
export function createMemoryHomes(clock: Clock): Homes {
  const homes = new Map<string, { readonly node: string; readonly expiresAt: number }>();
  const current = (name: string): string | null => {
    const home = homes.get(name);
    if (home === undefined) return null;
    if (home.expiresAt > clock.now()) return home.node;
    homes.delete(name);
    return null;
  };
  return {
    async settle(name, node, ttlMs, insteadOf) {
      const home = current(name);
      if (home !== null && home !== node && home !== insteadOf) return home;
      homes.set(name, { node, expiresAt: clock.now() + ttlMs });
      return node;
    },
    async renew(names, node, ttlMs) {
      const lost: string[] = [];
      for (const name of names) {
        if (current(name) === node) homes.set(name, { node, expiresAt: clock.now() + ttlMs });
        else lost.push(name);
      }
      return lost;
    },
    async release(name, node) {
      if (current(name) === node) homes.delete(name);
    },
    find: async (name) => current(name),
  };
}
