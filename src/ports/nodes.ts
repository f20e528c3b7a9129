/** A process of the cluster. */
export interface ClusterNode {
  /** Unique to the process: a program that is started again is another node. */
  readonly id: string;
  /** What the node says of itself; opaque to every adapter. */
  readonly value: string;
}

/**
 * The nodes of a cluster, each with a lease.
 *
 * Atomicity: each verb is one step. Time is the store's own, so that nodes whose clocks differ agree on who lives.
 * A node whose lease has ended is dead until it is forgotten, or beats again. Missing nodes: false or no effect.
 */
export interface Nodes {
  /**
   * Begins or prolongs a node's lease. `wasLive` is false if it had none that was live: the node is new, the store has
   * lost it, or it was away for too long and the others may have taken it for dead.
   *
   * @throws {StoreUnavailable}
   */
  beat(node: ClusterNode, ttlMs: number): Promise<{ readonly wasLive: boolean }>;
  /** @throws {StoreUnavailable} */
  live(): Promise<readonly ClusterNode[]>;
  /** Nodes whose lease has ended and which nobody has forgotten yet. @throws {StoreUnavailable} */
  dead(): Promise<readonly ClusterNode[]>;
  /** Nothing of the dead node is left to clear up. False if it lives again, or somebody else has forgotten it. */
  forget(id: string): Promise<boolean>;
  /**
   * A part of what the dead node left is cleared up: its value becomes `to`, if it is `from`. False if it says something
   * else, lives again, or is forgotten.
   */
  amend(id: string, from: string, to: string): Promise<boolean>;
  /** The node ends properly and leaves nothing behind. */
  leave(id: string): Promise<void>;
}
