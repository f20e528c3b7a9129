import type { AccountRecords } from "../../ports/account-records.ts";
import type { AuditRecords } from "../../ports/audit-records.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ContactRecords } from "../../ports/contact-records.ts";
import type { FeedbackOutbox } from "../../ports/feedback-outbox.ts";
import type { HostRecords } from "../../ports/host-records.ts";
import type { MatchRecords } from "../../ports/match-records.ts";
import type { Migrations } from "../../ports/migrations.ts";
import type { OperatorRecords } from "../../ports/operator-records.ts";
import type { QueueRecords } from "../../ports/queue-records.ts";
import type { Random } from "../../ports/random.ts";
import type { RatingRecords } from "../../ports/rating-records.ts";
import type { ReplayRecords } from "../../ports/replay-records.ts";
import type { PersonRecords } from "../../ports/person-records.ts";
import type { RetentionRecords } from "../../ports/retention-records.ts";
import type { SessionRecords } from "../../ports/session-records.ts";
import type { Tallies } from "../../ports/tallies.ts";
import type { TokenRecords } from "../../ports/token-records.ts";
import type { ZoneRecords } from "../../ports/zone-records.ts";
import { createAccountRecords } from "./accounts.ts";
import { createAuditRecords } from "./audit.ts";
import { createContactRecords } from "./contacts.ts";
import { createMatchRecords } from "./arena/matches.ts";
import { createQueueRecords } from "./arena/queue.ts";
import { createRatingRecords } from "./arena/ratings.ts";
import { createReplayRecords } from "./arena/replays.ts";
import type { Turns } from "../../ports/turns.ts";
import type { WagerSettlements } from "../../ports/wager-settlements.ts";
import { createFeedbackOutbox } from "./arena/feedback-outbox.ts";
import { createWagerSettlements } from "./arena/wager-settlements.ts";
import { createHostRecords } from "./hosts.ts";
import { migrate, migrationStatus } from "./migrate.ts";
import { createOperatorRecords } from "./operator.ts";
import { createPersonRecords } from "./persons/persons.ts";
import { createRetentionRecords } from "./retention/retention.ts";
import { createSessionRecords } from "./sessions.ts";
import type { Store } from "./store.ts";
import { createTallies } from "./tallies.ts";
import { createTokenRecords } from "./tokens.ts";
import { createTurns } from "./turns.ts";
import { createZoneRecords } from "./zones.ts";

/** Everything that is kept in one database. */
export interface Records {
  readonly hosts: HostRecords;
  readonly zones: ZoneRecords;
  readonly sessions: SessionRecords;
  readonly tallies: Tallies;
  readonly accounts: AccountRecords;
  readonly tokens: TokenRecords;
  readonly contacts: ContactRecords;
  readonly queue: QueueRecords;
  readonly matches: MatchRecords;
  readonly ratings: RatingRecords;
  readonly replays: ReplayRecords;
  readonly feedback: FeedbackOutbox;
  readonly wagers: WagerSettlements;
  readonly turns: Turns;
  readonly retention: RetentionRecords;
  readonly persons: PersonRecords;
  readonly audit: AuditRecords;
  readonly operator: OperatorRecords;
  readonly migrations: Migrations;
}

export function createRecords(store: Store, clock: Clock, random: Random): Records {
  return {
    hosts: createHostRecords(store),
    zones: createZoneRecords(store),
    sessions: createSessionRecords(store),
    tallies: createTallies(store),
    accounts: createAccountRecords(store),
    tokens: createTokenRecords(store),
    contacts: createContactRecords(store),
    queue: createQueueRecords(store),
    matches: createMatchRecords(store),
    ratings: createRatingRecords(store),
    replays: createReplayRecords(store),
    feedback: createFeedbackOutbox(store),
    wagers: createWagerSettlements(store),
    turns: createTurns(store),
    retention: createRetentionRecords(store),
    persons: createPersonRecords(store, random),
    audit: createAuditRecords(store),
    operator: createOperatorRecords(store),
    migrations: { apply: () => migrate(store, clock.now()), status: () => migrationStatus(store) },
  };
}
