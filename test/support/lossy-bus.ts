import { createMemoryBus } from "../../src/adapters/memory/bus.ts";
import type { Bus } from "../../src/ports/bus.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { StoreUnavailable } from "../../src/ports/store-error.ts";

/** After how many ms each copy of a message arrives: none of them is a loss, two are a duplicate. */
export type Fate = readonly number[];

export interface LossyBus extends Bus {
  /** Decides over each message from now on; null lets everything through at once. */
  fate: ((channel: string, message: string) => Fate) | null;
  /** True while nothing can be published. */
  isAway: boolean;
  /** What was published, by channel. */
  readonly published: { readonly channel: string; readonly message: string }[];
  /** Tells everyone that something may have been missed. */
  gap(): void;
}

/** A bus that does what the port allows, and worse. */
export function createLossyBus(clock: Clock): LossyBus {
  const bus = createMemoryBus();
  const tellers = new Set<() => void>();
  const published: { readonly channel: string; readonly message: string }[] = [];
  return {
    fate: null,
    isAway: false,
    published,
    async publish(channel, message) {
      if (this.isAway) throw new StoreUnavailable(new Error("away"));
      published.push({ channel, message });
      if (this.fate === null) return bus.publish(channel, message);
      for (const ms of this.fate(channel, message)) clock.after(ms, () => void bus.publish(channel, message));
      return 1;
    },
    subscribe: (channel, hear) => bus.subscribe(channel, hear),
    onGap(tell) {
      tellers.add(tell);
      return () => tellers.delete(tell);
    },
    gap() {
      for (const tell of tellers) tell();
    },
  };
}
