/** A wish to hear a channel. */
export interface Subscription {
  /** Resolves once the subscription is in force for the first time, however long that takes. Never rejects. */
  readonly inForce: Promise<void>;
  /** Nothing is heard any more once this has returned. */
  end(): void;
}

/**
 * Publish and subscribe between the nodes of a cluster; on one node, within the process.
 *
 * Delivery: at most once, to every subscription that was in force when the message was published, the publisher's own
 * included. Order: what one node publishes to one channel is heard in that order; channels say nothing about each
 * other. Loss: while a node's connection to the store is down, its subscriptions hear nothing; they come into force
 * again by themselves, and `onGap` then tells that something may have been missed. A channel nobody hears: 0.
 */
export interface Bus {
  /**
   * 0 if the message went to no subscription on any node, more than that if it went to some; null if the store cannot
   * tell.
   *
   * @throws {StoreUnavailable}
   */
  publish(channel: string, message: string): Promise<number | null>;
  /** `hear` must not throw and must not wait. Several may hear one channel. */
  subscribe(channel: string, hear: (message: string) => void): Subscription;
  /** Calls `tell` after every gap, once all subscriptions are in force again. The function that comes back ends it. */
  onGap(tell: () => void): () => void;
}
