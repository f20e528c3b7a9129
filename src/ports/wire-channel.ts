import type { Subscription } from "./bus.ts";

/**
 * Channels by names that a document fixes, which programs of another make use on the same store.
 *
 * Delivery and order are those of the bus: at most once, what one node publishes to one channel in that order, the
 * publisher's own subscriptions included. Loss is told by the bus' `onGap`. A channel nobody hears: 0.
 */
export interface WireChannel {
  /** @throws {StoreUnavailable} */
  publish(channel: string, message: string): Promise<void>;
  /** `hear` must not throw and must not wait. */
  subscribe(channel: string, hear: (message: string) => void): Subscription;
  /**
   * How many connections of other programs subscribe to exactly this channel; our own nodes do not count, and neither
   * does a program that subscribes to a pattern.
   *
   * @throws {StoreUnavailable}
   */
  foreignSubscribers(channel: string): Promise<number>;
}
