import { tracingChannel } from "node:diagnostics_channel";
import { expect, test } from "bun:test";
import { letChannelsSayWhetherAnybodyListens } from "./tracing-channel.ts";

test("a tracing channel says whether anybody listens, on whatever runtime", () => {
  letChannelsSayWhetherAnybodyListens();
  letChannelsSayWhetherAnybodyListens();
  const channel = tracingChannel("test:whether-anybody-listens");
  expect(channel.hasSubscribers).toBe(false);
  const listener = (): void => undefined;
  channel.asyncEnd.subscribe(listener);
  expect(channel.hasSubscribers).toBe(true);
  channel.asyncEnd.unsubscribe(listener);
  expect(channel.hasSubscribers).toBe(false);
});
