import type { Bus } from "../../ports/bus.ts";
import { NODE_CHANNELS } from "../../core/cluster/peer.ts";
import type { Traces } from "../../ports/traces.ts";

/** Before a message, between two of these, stands what it belongs to. No message of ours begins with one. */
const MARK = "\u0001";

/**
 * Lets messages between the nodes carry what they belong to, where that is followed. Every node reads it, whether it
 * follows anything or not; one that does not adds nothing. What the courier sends carries its own.
 */
export function tracedBus(bus: Bus, traces: Traces): Bus {
  const isOurs = (channel: string): boolean => !channel.startsWith(NODE_CHANNELS);
  return {
    ...bus,
    publish(channel, message) {
      const parent = isOurs(channel) ? traces.current() : null;
      return bus.publish(channel, parent === null ? message : `${MARK}${parent}${MARK}${message}`);
    },
    subscribe(channel, hear) {
      if (!isOurs(channel)) return bus.subscribe(channel, hear);
      const what = `hear ${kindOf(channel)}`;
      return bus.subscribe(channel, (text) => {
        if (!text.startsWith(MARK)) return hear(text);
        const end = text.indexOf(MARK, 1);
        return traces.within(text.slice(1, end), what, () => hear(text.slice(end + 1)));
      });
    },
  };
}

/** What a channel is for; behind that it may name one of many. */
function kindOf(channel: string): string {
  return channel.split(":", 1)[0]!;
}
