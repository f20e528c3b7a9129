import type { Check } from "../check.ts";
import { by } from "../windows.ts";

/** 4. One rating post for each agent of a match, wherever one looks. */
export const posts: Check = (history) =>
  [...by(history.of("posted"), ({ where, match, agent }) => `${where}: agent ${agent} for ${match}`)]
    .filter(([, all]) => all.length > 1)
    .map(([what, all]) => ({ invariant: 4 as const, what: `${what} ${all.length} times`, proof: all }));
