import type { Directory } from "../accounts/directory.ts";
import { createSlots } from "../flow/slots.ts";

/** Questions to the database under way at a time, fewer than it has connections, and those that may wait for their turn. */
const AT_ONCE = 8;
const MAX_WAITING = 50_000;

/**
 * A directory that is asked no faster than it answers: thousands of devices that come back at once wait for their turn
 * here rather than in the database, where they would be refused.
 */
export function calmDirectory(directory: Directory): Directory {
  const inTurn = createSlots(AT_ONCE, MAX_WAITING);
  return {
    identify: (token) => inTurn(() => directory.identify(token)),
    contactsOf: (email) => inTurn(() => directory.contactsOf(email)),
    revoked: (tokenIds) => inTurn(() => directory.revoked(tokenIds)),
    onNews: (hear) => directory.onNews(hear),
  };
}
