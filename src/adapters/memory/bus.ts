import type { Bus } from "../../ports/bus.ts";

/** Publish and subscribe within one process. Never loses anything, so there are no gaps. */
export function createMemoryBus(): Bus {
  const channels = new Map<string, Set<(message: string) => void>>();
  return {
    async publish(channel, message) {
      const hearers = [...(channels.get(channel) ?? [])];
      for (const hear of hearers) hear(message);
      return hearers.length;
    },
    subscribe(channel, hear) {
      // A wish of its own, so that the same function may hear a channel twice.
      const wish = (message: string): void => hear(message);
      const all = channels.get(channel) ?? new Set();
      channels.set(channel, all.add(wish));
      return {
        inForce: Promise.resolve(),
        end() {
          if (all.delete(wish) && all.size === 0 && channels.get(channel) === all) channels.delete(channel);
        },
      };
    },
    onGap: () => () => undefined,
  };
}
