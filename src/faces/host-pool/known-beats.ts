import type { z } from "zod";
import { isFlat } from "../../core/presence/host.ts";
import { RecurringBodies } from "../../transport/http/recurring-bodies.ts";
import type { heartbeatBody } from "./schema.ts";

/** Takes 9 MB when it is full, and 45 MB full of what a stranger would send for it. */
const PLACES = 8_192;

export type KnownBeats = RecurringBodies<z.output<typeof heartbeatBody>>;

/**
 * What the beats of some thousands of hosts came to: nearly all say the same again and again. To be swept: it knows
 * addresses.
 */
export function createKnownBeats(): KnownBeats {
  return new RecurringBodies({ places: PLACES, isModest: ({ gameInfo }) => isFlat(gameInfo) });
}
