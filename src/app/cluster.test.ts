import { expect, test } from "bun:test";
import { createVirtualClock } from "../../test/support/virtual-clock.ts";
import { createMemoryBus } from "../adapters/memory/bus.ts";
import { createMemoryNodes } from "../adapters/memory/nodes.ts";
import { createClusterLink } from "./cluster.ts";
import { embeddedEngine } from "./engine.ts";

test("what is asked of a node that has only just begun waits for it", async () => {
  const clock = createVirtualClock();
  const engine = { ...embeddedEngine(), clock, bus: createMemoryBus(), nodes: createMemoryNodes(clock) };
  const [one, other] = ["one", "other"].map((id) => createClusterLink(engine, id, ["rooms"], () => undefined));
  one!.start();
  await clock.advance(20_000);
  const asked = one!.courier.ask("other", "say", "hello");
  await clock.advance(500);
  other!.courier.serve("say", (body) => body);
  other!.start();
  await clock.advance(1_000);
  expect(await asked).toBe("hello");
});
