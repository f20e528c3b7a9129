import { tracingChannel } from "node:diagnostics_channel";

const CHANNELS = ["start", "end", "asyncStart", "asyncEnd", "error"] as const;

/**
 * Lets a tracing channel say whether anybody listens where the runtime does not, as Bun 1.4 does not: the client would
 * otherwise describe every command, and wrap its promise, for nobody.
 */
export function letChannelsSayWhetherAnybodyListens(): void {
  const prototype: object = Object.getPrototypeOf(tracingChannel("rendezvous"));
  if ("hasSubscribers" in prototype) return;
  Object.defineProperty(prototype, "hasSubscribers", {
    configurable: true,
    get(this: ReturnType<typeof tracingChannel>) {
      return CHANNELS.some((name) => this[name].hasSubscribers);
    },
  });
}
