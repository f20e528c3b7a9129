import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Directory } from "../accounts/directory.ts";

/** Questions to the database under way at a time, fewer than it has connections, and those that may wait for their turn. */
const AT_ONCE = 8;
const MAX_WAITING = 50_000;

/**
 * A directory that is asked no faster than it answers: thousands of devices that come back at once wait for their turn
 * here rather than in the database, where they would be refused.
 */
export function calmDirectory(directory: Directory): Directory {
  const waiting: (() => void)[] = [];
  let running = 0;

  const inTurn = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (running >= AT_ONCE) {
      if (waiting.length >= MAX_WAITING) throw new StoreUnavailable(new Error(`${MAX_WAITING} questions wait`));
      // Whoever is done hands its place on.
      await new Promise<void>((go) => waiting.push(go));
    } else running++;
    try {
      return await ask();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };

  return {
    identify: (token) => inTurn(() => directory.identify(token)),
    contactsOf: (email) => inTurn(() => directory.contactsOf(email)),
    revoked: (tokenIds) => inTurn(() => directory.revoked(tokenIds)),
    onNews: (hear) => directory.onNews(hear),
  };
}
