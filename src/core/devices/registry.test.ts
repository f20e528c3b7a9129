import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryPresences } from "../../adapters/memory/presences.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { LocalDevice } from "./device.ts";
import type { Outside } from "./outside.ts";
import { Registry } from "./registry.ts";

test("what could not be hidden from programs of another make is hidden once the store is back", async () => {
  const clock = createVirtualClock();
  const shown = new Set<string>();
  let isAway = false;
  const reached = (): void => {
    if (isAway) throw new StoreUnavailable(new Error("away"));
  };
  const outside: Pick<Outside, "show" | "hide"> = {
    show: async ({ socket }) => (reached(), void shown.add(socket)),
    hide: async ({ socket }) => (reached(), void shown.delete(socket)),
  };
  const registry = new Registry(
    {
      ...{ presences: createMemoryPresences(clock), outside: outside as Outside, node: "a", clock },
      isDead: () => false,
      failed: () => undefined,
    },
    { replaced: () => undefined, restored: () => undefined, departed: () => undefined },
  );
  registry.start();
  const device = { email: "bob@example.com", device: "phone", socket: "s", name: null, type: null, since: 0 };
  await registry.enter(device as LocalDevice);
  expect([...shown]).toEqual(["s"]);
  isAway = true;
  await registry.leave(device as LocalDevice);
  await clock.advance(10_000);
  expect([...shown]).toEqual(["s"]);
  isAway = false;
  await clock.advance(2_000);
  expect([...shown]).toEqual([]);
  registry.stop();
});
