import { expect, test } from "bun:test";
import { createMemoryBus } from "../../adapters/memory/bus.ts";
import { noTraces, type Traces } from "../../ports/traces.ts";
import { tracedBus } from "./bus.ts";

const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

function followed() {
  const began: string[] = [];
  let current: string | null = PARENT;
  const traces: Traces = {
    current: () => current,
    within(parent, what, work) {
      began.push(`${what} ${parent}`);
      return work();
    },
  };
  return { traces, began, endTrace: () => void (current = null) };
}

test("a message between nodes carries what it belongs to, and is heard as it was said", async () => {
  const shared = createMemoryBus();
  const { traces, began, endTrace } = followed();
  const [here, there, unaware] = [tracedBus(shared, traces), tracedBus(shared, traces), tracedBus(shared, noTraces)];
  const heard: string[] = [];
  const raw: string[] = [];
  there.subscribe("news:42", (text) => heard.push(text));
  unaware.subscribe("news:42", (text) => heard.push(text));
  shared.subscribe("news:42", (text) => raw.push(text));
  await here.publish("news:42", "a");
  endTrace();
  await here.publish("news:42", "b");
  expect(heard).toEqual(["a", "a", "b", "b"]);
  expect(began).toEqual([`hear news ${PARENT}`]);
  expect(raw[1]).toBe("b");
});

test("what the courier sends carries its own, and is left as it is", async () => {
  const shared = createMemoryBus();
  const { traces } = followed();
  const heard: string[] = [];
  shared.subscribe("node:n", (text) => heard.push(text));
  await tracedBus(shared, traces).publish("node:n", "parcel");
  expect(heard).toEqual(["parcel"]);
});
