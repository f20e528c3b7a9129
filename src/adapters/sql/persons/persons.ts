import type { PersonRecords } from "../../../ports/person-records.ts";
import type { Random } from "../../../ports/random.ts";
import type { Store } from "../store.ts";
import { forgetContender } from "./contender.ts";
import { forgetPlayer } from "./player.ts";

/** What is known of persons, in SQL. What concerns them is found without locks first: it takes a look at every row. */
export function createPersonRecords(store: Store, random: Random): PersonRecords {
  return {
    player: (playerId, now) => forgetPlayer(store, random, playerId, now),
    contender: (name, unsettledSince) => forgetContender(store, random, name, unsettledSince),
  };
}
