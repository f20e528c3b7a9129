import type { Generated, GeneratedAlways, Selectable } from "kysely";
import type { AuditEntry } from "../../ports/audit-records.ts";
import type { ContactStatus } from "../../ports/contact-records.ts";
import type { FeedbackState } from "../../ports/feedback-outbox.ts";
import type { HostStatus } from "../../ports/host-records.ts";
import type { MatchStatus, Side, WagerStatus } from "../../ports/match-records.ts";
import type { EntryStatus } from "../../ports/queue-records.ts";
import type { RatingChange } from "../../ports/rating-records.ts";
import type { SessionStatus } from "../../ports/session-records.ts";
import type { ZoneStatus } from "../../ports/zone-records.ts";

/** 0 or 1: SQLite has no booleans, and both stores shall hold the same. */
type Flag = number;

/** The tables as the migrations leave them. Times are integer ms since the epoch. */
export interface Tables {
  readonly hosts: HostsTable;
  readonly zones: ZonesTable;
  readonly sessions: SessionsTable;
  readonly session_players: SessionPlayersTable;
  readonly tallies: TalliesTable;
  readonly accounts: AccountsTable;
  readonly tokens: TokensTable;
  readonly invites: InvitesTable;
  readonly reset_codes: ResetCodesTable;
  readonly contacts: ContactsTable;
  readonly queue_entries: QueueEntriesTable;
  readonly matches: MatchesTable;
  readonly match_signatures: MatchSignaturesTable;
  readonly agents: AgentsTable;
  readonly rating_changes: RatingChangesTable;
  readonly replays: ReplaysTable;
  readonly replay_pieces: ReplayPiecesTable;
  readonly feedback_outbox: FeedbackOutboxTable;
  readonly turns: TurnsTable;
  readonly wager_cursors: WagerCursorsTable;
  readonly feedback_cursors: FeedbackCursorsTable;
  readonly spent_nonces: SpentNoncesTable;
  readonly audit_entries: AuditEntriesTable;
  readonly migrations: MigrationsTable;
}

interface HostsTable {
  readonly id: GeneratedAlways<number>;
  readonly host_id: string;
  readonly player_id: string;
  readonly player_name: string;
  readonly ip_address: string;
  readonly port: number;
  readonly public_ip: string | null;
  readonly cpu_cores: number | null;
  readonly cpu_frequency_mhz: number | null;
  readonly memory_mb: number | null;
  readonly network_speed_mbps: number | null;
  readonly max_players: number;
  readonly max_zones: number;
  /** JSON. */
  readonly ice_servers: string;
  readonly latency_ms: number;
  readonly packet_loss_percent: number;
  readonly bandwidth_usage_mbps: number;
  readonly current_players: number;
  readonly current_zones: Generated<number>;
  readonly quality_score: number;
  /** Heard of lately. */
  readonly alive: Generated<Flag>;
  readonly maintenance: Generated<Flag>;
  /** Follows from alive, maintenance and what is free, so that it is never out of date. */
  readonly status: GeneratedAlways<HostStatus>;
  readonly free_zones: GeneratedAlways<number>;
  readonly created_at: number;
  readonly last_seen_at: number;
}

interface ZonesTable {
  readonly id: GeneratedAlways<number>;
  readonly zone_id: string;
  readonly zone_name: string;
  readonly zone_display_name: string;
  readonly map_name: string;
  readonly max_players: number;
  readonly recommended_players: number;
  readonly p2p_enabled: Flag;
  readonly p2p_priority: number;
  readonly min_host_quality_score: number;
  readonly min_bandwidth_mbps: number;
  readonly max_latency_ms: number | null;
  readonly status: ZoneStatus;
  readonly active_sessions: Generated<number>;
  readonly total_players_served: Generated<number>;
  /** Those of them whose sessions are not kept any more. */
  readonly players_forgotten: Generated<number>;
  readonly created_at: number;
}

interface SessionsTable {
  readonly id: GeneratedAlways<number>;
  readonly public_id: string;
  /** The row of a host. No foreign key: the session outlives it. */
  readonly host: number;
  readonly host_id: string;
  readonly zone: number;
  readonly zone_id: string;
  readonly status: SessionStatus;
  readonly max_players: number;
  readonly current_players: Generated<number>;
  readonly average_latency_ms: Generated<number>;
  readonly average_packet_loss_percent: Generated<number>;
  readonly bandwidth_usage_mbps: Generated<number>;
  readonly quality_score: number | null;
  readonly created_at: number;
  readonly activated_at: number | null;
  readonly ended_at: number | null;
  /** When it was opened or its last player left; null while somebody is in it, 0 where nobody wrote it down. */
  readonly empty_since: Generated<number | null>;
}

/** Everybody who ever joined a session: those who left are kept, so that each is counted once. */
interface SessionPlayersTable {
  readonly id: GeneratedAlways<number>;
  readonly session: number;
  readonly player_id: string;
  readonly connected: Flag;
  /** The newest joining. */
  readonly joined_at: number;
}

/**
 * Sums over the other tables, kept by triggers. Several rows, whose sum counts: each writer has its own, so that
 * writers do not wait for each other.
 */
interface TalliesTable {
  readonly shard: number;
  readonly hosts_total: number;
  readonly hosts_online: number;
  /** Hundredths. */
  readonly quality_sum: number;
  readonly hosts_excellent: number;
  readonly hosts_good: number;
  readonly hosts_fair: number;
  readonly hosts_poor: number;
  readonly zones_total: number;
  readonly zones_enabled: number;
  readonly sessions_total: number;
  readonly sessions_active: number;
  readonly players: number;
  /** Microseconds. */
  readonly latency_sum: number;
}

interface AccountsTable {
  readonly email: string;
  readonly password_hash: string;
  readonly created_at: number;
  readonly signed_in_at: number;
}

interface TokensTable {
  readonly id: string;
  readonly digest: string;
  readonly email: string;
  readonly name: string | null;
  readonly user_agent: string | null;
  readonly created_at: number;
  readonly last_used_at: number;
  readonly expires_at: number;
}

interface InvitesTable {
  readonly digest: string;
  /** The only address it is good for. */
  readonly email: string | null;
  readonly created_at: number;
  readonly expires_at: number;
}

interface ResetCodesTable {
  readonly email: string;
  readonly digest: string;
  readonly created_at: number;
  readonly expires_at: number;
}

interface ContactsTable {
  readonly owner: string;
  readonly other: string;
  readonly status: ContactStatus;
  readonly since: number;
}

/** An integer of any size, in decimal. */
type Digits = string;

interface QueueEntriesTable {
  readonly id: GeneratedAlways<number>;
  readonly queue_id: string;
  readonly connect_code: string;
  readonly fighter_name: string | null;
  readonly wallet: string | null;
  readonly agent_id: Digits | null;
  readonly status: EntryStatus;
  readonly match_id: string | null;
  readonly created_at: number;
  readonly seen_at: number;
}

interface MatchesTable {
  readonly id: GeneratedAlways<number>;
  readonly match_id: string;
  readonly status: MatchStatus;
  readonly p1_queue_id: string;
  readonly p1_connect_code: string;
  readonly p1_fighter_name: string | null;
  readonly p1_wallet: string | null;
  readonly p1_agent_id: Digits | null;
  /** JSON. */
  readonly p1_report: string | null;
  readonly p2_queue_id: string;
  readonly p2_connect_code: string;
  readonly p2_fighter_name: string | null;
  readonly p2_wallet: string | null;
  readonly p2_agent_id: Digits | null;
  /** JSON. */
  readonly p2_report: string | null;
  readonly winner: Side | null;
  readonly winner_score: number | null;
  readonly loser_score: number | null;
  readonly completed_at: number | null;
  readonly wager_status: WagerStatus | null;
  readonly wager_amount: Digits | null;
  readonly wager_id: Digits | null;
  readonly wager_proposer: Side | null;
  readonly created_at: number;
  readonly active_at: number;
}

interface MatchSignaturesTable {
  readonly id: GeneratedAlways<number>;
  readonly match_id: string;
  readonly signer: string;
  readonly address: string;
  readonly signature: string;
  readonly created_at: number;
}

interface AgentsTable {
  readonly id: GeneratedAlways<number>;
  readonly agent_id: Digits;
  readonly elo: number;
  readonly matches: Generated<number>;
  readonly wins: Generated<number>;
  readonly losses: Generated<number>;
  readonly draws: Generated<number>;
  /** When it was last rated; of the counts, what comes from matches that are not kept any more. */
  readonly rated_at: Generated<number>;
  readonly matches_forgotten: Generated<number>;
  readonly wins_forgotten: Generated<number>;
  readonly losses_forgotten: Generated<number>;
  readonly draws_forgotten: Generated<number>;
}

interface RatingChangesTable {
  readonly id: GeneratedAlways<number>;
  readonly match_id: string;
  readonly agent_id: Digits;
  readonly opponent_id: Digits;
  readonly outcome: RatingChange["outcome"];
  readonly elo_before: number;
  readonly elo_after: number;
  readonly created_at: number;
}

interface ReplaysTable {
  readonly id: GeneratedAlways<number>;
  readonly match_id: string;
  readonly games: number;
  readonly is_complete: Flag;
  readonly bytes: number;
  readonly started_at: number;
  readonly updated_at: number;
}

interface ReplayPiecesTable {
  readonly id: GeneratedAlways<number>;
  readonly match_id: string;
  readonly recorder: string;
  readonly number: number;
  readonly content: Uint8Array;
}

interface FeedbackOutboxTable {
  readonly id: GeneratedAlways<number>;
  readonly match_id: string;
  readonly agent_id: Digits;
  readonly state: FeedbackState;
  readonly revision: Generated<number>;
  /** These five: null until it is signed, and again once its transaction is void. */
  readonly chain_id: number | null;
  readonly signer: string | null;
  readonly nonce: number | null;
  readonly tx_hash: string | null;
  readonly tx_raw: string | null;
  /** Why it is dead. */
  readonly reason: string | null;
  readonly created_at: number;
  readonly changed_at: number;
}

interface TurnsTable {
  readonly work: string;
  readonly holder: string;
  readonly expires_at: number;
}

interface WagerCursorsTable {
  readonly chain_id: number;
  readonly contract: string;
  readonly next_block: number;
}

interface FeedbackCursorsTable {
  readonly chain_id: number;
  readonly registry: string;
  readonly signer: string;
  readonly next_block: number;
}

/** The highest nonce among the feedback of each signer that is not kept any more. */
interface SpentNoncesTable {
  readonly chain_id: number;
  readonly signer: string;
  readonly nonce: number;
}

interface AuditEntriesTable {
  readonly id: GeneratedAlways<number>;
  readonly at: number;
  readonly who: string;
  readonly action: string;
  readonly kind: string;
  readonly target: string;
  readonly outcome: AuditEntry["outcome"];
  readonly detail: string | null;
}

interface MigrationsTable {
  readonly number: number;
  readonly name: string;
  readonly applied_at: number;
}

export type HostRow = Selectable<HostsTable>;
export type ZoneRow = Selectable<ZonesTable>;
export type SessionRow = Selectable<SessionsTable>;
export type AccountRow = Selectable<AccountsTable>;
export type TokenRow = Selectable<TokensTable>;
export type QueueEntryRow = Selectable<QueueEntriesTable>;
export type MatchRow = Selectable<MatchesTable>;
export type AuditEntryRow = Selectable<AuditEntriesTable>;
export type TallyRow = Selectable<TalliesTable>;
