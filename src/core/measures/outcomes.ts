/** What became of a message of one peer to another. `unreachable`: whom it was for is not there. */
export type RelayOutcome = "delivered" | "unreachable" | "refused";

/** How many messages came to which end, since the start, on this node. */
export type RelayCounts = Readonly<Record<RelayOutcome, number>>;

/** What became of tickets: requests to be matched with somebody, since the start, as this node saw it. */
export interface TicketCounts {
  readonly formed: number;
  readonly matched: number;
  readonly cancelled: number;
  readonly expired: number;
}
