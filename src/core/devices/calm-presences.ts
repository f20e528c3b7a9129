import type { Presences } from "../../ports/presences.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { createSlots } from "../flow/slots.ts";

/** Lookups of many users under way at a time, each of which is as many commands as it names users. */
const LOOKUPS_AT_ONCE = 16;

/** Comings and goings under way at a time. */
const STEPS_AT_ONCE = 256;

/** What may wait for its turn. */
const MAX_WAITING = 50_000;

/**
 * Presences that are asked no faster than the store answers, however many devices come and go at once. What waits while
 * the store is known to be away fails when its turn comes, rather than wait for the store as well.
 */
export function calmPresences(presences: Presences, isStoreAway: () => boolean): Presences {
  const lookups = createSlots(LOOKUPS_AT_ONCE, MAX_WAITING);
  const steps = createSlots(STEPS_AT_ONCE, MAX_WAITING);
  const unlessAway = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    if (isStoreAway()) throw new StoreUnavailable(new Error("known to be away"));
    return ask();
  };
  return {
    enter: (...args) => steps(() => unlessAway(() => presences.enter(...args))),
    enterIfRoom: (...args) => steps(() => unlessAway(() => presences.enterIfRoom(...args))),
    restore: (...args) => steps(() => unlessAway(() => presences.restore(...args))),
    leave: (...args) => steps(() => unlessAway(() => presences.leave(...args))),
    of: (...args) => lookups(() => unlessAway(() => presences.of(...args))),
    prolong: (...args) => presences.prolong(...args),
    ofNode: (node) => presences.ofNode(node),
  };
}
