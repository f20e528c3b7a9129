import type { ClusterNode } from "../../ports/nodes.ts";

/** How long a node is taken to live without a beat, how often it beats, and how often it looks at the others, in ms. */
export const NODE_LEASE_MS = 6_000;
export const BEAT_MS = 2_000;
export const LOOK_MS = 1_000;

/**
 * Who is in the cluster. Every node has a lease that it prolongs; the survivors of one that dies clear up after it
 * within ten seconds.
 */
export interface Membership {
  /** This node. */
  readonly node: string;
  /** As of the newest look, which is about {@link LOOK_MS} old while the store answers. This node is always live. */
  isLive(node: string): boolean;
  live(): readonly ClusterNode[];
  /**
   * Dead for certain: it has been there, its lease has ended, and nothing has come from it since. A node that this one
   * has not seen is not dead, for it may be too young; nor is anybody while the store is away, for then all leases end.
   * A dead node is remembered for ten minutes.
   */
  isDead(node: string): boolean;
  /** Something came from this node: what is known of its lease may be older than that. */
  heard(node: string): void;
  /** The live nodes that serve a face, this one included if it does; whoever does not say serves all. */
  serving(face: string): readonly string[];
  /**
   * Clears up after a node that is gone: that died, or left and may not have got ready. Called on every survivor that
   * has seen it, and for each of its faces on at least one that serves it too, even if that one starts only later; again
   * and again until all that were given here have succeeded. Several do it at once, so what is shared must be taken away
   * by steps that only one of them can do.
   */
  onDeath(clear: (node: string) => Promise<void>): void;
  /**
   * The others may have taken this node for dead, or the store has been away and may have lost everything: say again
   * what this node has. Called when this node has joined again, and once more {@link NODE_LEASE_MS} later, because
   * survivors that were about to clear up after it may have gone on for a moment.
   */
  onReturn(tell: () => void): void;
  /** Resolves after the first attempt to join. Never rejects: without the store it goes on trying. */
  start(): Promise<void>;
  /**
   * Leaves the cluster. What this node had must have been cleared away by now: if it is the last one, nobody will.
   *
   * @throws {StoreUnavailable}
   */
  stop(): Promise<void>;
}
