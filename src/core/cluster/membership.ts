import type { ClusterNode } from "../../ports/nodes.ts";

/** How long a node is taken to live without a beat, and how often it beats, in ms. */
export const NODE_LEASE_MS = 6_000;
export const BEAT_MS = 2_000;

/**
 * Who is in the cluster. Every node has a lease that it prolongs; the survivors of one that dies clear up after it
 * within ten seconds.
 */
export interface Membership {
  /** This node. */
  readonly node: string;
  /** As of the newest look, which is at most {@link BEAT_MS} old while the store answers. This node is always live. */
  isLive(node: string): boolean;
  live(): readonly ClusterNode[];
  /**
   * Clears up what a dead node has left behind; called on every survivor, again and again until it succeeds. Several
   * survivors do it at once, so each step must be one that only one of them can do.
   */
  onDeath(clear: (node: string) => Promise<void>): void;
  /**
   * The others may have taken this node for dead, or the store has been away and may have lost everything: say again
   * what this node has. Called when the store answers again.
   */
  onReturn(tell: () => void): void;
  /** Rejects never: without the store it goes on trying. */
  start(): Promise<void>;
  /** Leaves the cluster. What this node had must have been cleared away by now. */
  stop(): Promise<void>;
}
