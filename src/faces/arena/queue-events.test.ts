import { describe, expect, test } from "bun:test";
import { createMemoryBus } from "../../adapters/memory/bus.ts";
import { QueueWatch } from "../../core/matches/queue-watch.ts";
import type { Place } from "../../ports/queue-records.ts";
import { aContender } from "../../../test/support/examples.ts";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { openGate } from "../../transport/http/gate.ts";
import { queueEvents } from "./queue-events.ts";

const waiting: Place = {
  entry: { ...aContender("A"), queueId: "q", status: "waiting", matchId: null, position: 1 },
  match: null,
};

/** `told`: fulfilled once what is shown is noted. */
function setUp(told: () => Promise<void> = async () => undefined) {
  const clock = createVirtualClock();
  const watch = new QueueWatch({ bus: createMemoryBus(), clock, failed: () => undefined });
  const queue = { looks: 0, look: async () => (queue.looks++, waiting) };
  const whenExpired = () => () => undefined;
  const open = (method = "GET") => {
    const request = new Request("http://localhost/", { method });
    return queueEvents(
      { queue: queue as never, watch, clock, queueMatches: { joined: told, told } },
      { request, caller: openGate.guard.nobody, whenExpired },
      "q",
    );
  };
  return { clock, watch, queue, open };
}

describe("the events of an entry", () => {
  test("keep the connection with a line every 15 seconds", async () => {
    const { clock, watch, open } = setUp();
    const { body } = await open();
    await clock.advance(31_000);
    watch.stop();
    const text = await new Response(body).text();
    expect(text).toStartWith("event: waiting\nid: waiting\ndata: {");
    expect(text.split(":\n\n")).toHaveLength(3);
  });

  test("are told once it counts what they tell, however soon the stream is over", async () => {
    const noted = Promise.withResolvers<void>();
    const { clock, watch, open } = setUp(() => noted.promise);
    const { body } = await open();
    const text = new Response(body).text();
    await clock.advance(15_000);
    watch.stop();
    noted.resolve();
    expect(await text).toStartWith(":\n\nevent: waiting\n");
  });

  test("cost nothing once the reader has hung up", async () => {
    const { clock, queue, open } = setUp();
    await (await open()).body!.cancel();
    await clock.advance(60_000);
    expect(queue.looks).toBe(1);
  });

  test("whoever only asks for their headers leaves nothing behind", async () => {
    const { clock, queue, open } = setUp();
    const response = await open("HEAD");
    expect([response.headers.get("content-type"), response.body]).toEqual(["text/event-stream", null]);
    await clock.advance(60_000);
    expect(queue.looks).toBe(1);
  });
});
