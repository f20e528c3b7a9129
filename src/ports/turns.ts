/**
 * Whose turn work is that one node at a time should do. It saves work and decides nothing: clocks differ, and a node may
 * sleep through the end of its turn, so what the work writes must hold by itself.
 *
 * Atomicity: each verb is one step, on all nodes.
 */
export interface Turns {
  /** True if it is the holder's turn until `now + forMs`: nobody had it, its time was up, or the holder had it before. */
  take(work: string, holder: string, now: number, forMs: number): Promise<boolean>;
  /** Ends the holder's turn; no effect on others'. */
  leave(work: string, holder: string): Promise<void>;
}
