import type { Named } from "./audit-names.ts";

/** Something an operator did, or tried to. */
export interface AuditEntry {
  /** Given once, and higher than that of everything earlier. */
  readonly id: number;
  /** In ms. */
  readonly at: number;
  /** Such as a token's subject, or an address. */
  readonly who: string;
  /** Such as `drain`. */
  readonly action: string;
  readonly kind: string;
  readonly target: string;
  /** `begun`: whoever did it has not said what came of it, or cannot any more. */
  readonly outcome: "begun" | "done" | "refused" | "failed";
  /** What came of it, in words that name nobody; null while it is under way. */
  readonly detail: string | null;
}

/** What stands in place of a target that named somebody who is forgotten, and of what came of it. */
export const SOMEBODY_FORGOTTEN = "somebody forgotten";

export type NewAuditEntry = Pick<AuditEntry, "at" | "who" | "action" | "kind" | "target">;

export interface AuditFilter {
  readonly outcome?: AuditEntry["outcome"] | undefined;
  /** Only entries below this id. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/**
 * What operators have done.
 *
 * Atomicity: each verb is one step, on all nodes. Durability: what `begin` and `settle` wrote is on disk when they
 * resolve; kept in memory, it ends with the process. Every verb throws StoreUnavailable if the store is away.
 */
export interface AuditRecords {
  /** Notes that something is about to be done, before it is; its id. */
  begin(entry: NewAuditEntry): Promise<number>;
  /** Says what came of it, once: what has been said stands. */
  settle(id: number, outcome: Exclude<AuditEntry["outcome"], "begun">, detail: string): Promise<void>;
  find(id: number): Promise<AuditEntry | null>;
  /** Newest first. */
  list(filter: AuditFilter): Promise<readonly AuditEntry[]>;
  /**
   * Takes somebody out of entries whose target or detail names them; what was done, when, by whom and with what outcome
   * stands. How many entries. What comes in meanwhile may be missed.
   */
  forget(named: Named): Promise<number>;
}
