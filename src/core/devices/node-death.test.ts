import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryPresences } from "../../adapters/memory/presences.ts";
import type { Presences } from "../../ports/presences.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { DeviceNews } from "./device.ts";
import { clearNode } from "./node-death.ts";

const MANY = 30;

async function world() {
  const stored = createMemoryPresences(createVirtualClock());
  for (let n = 0; n < MANY; n++) {
    const one = {
      group: "bob@example.com",
      member: `phone${n}`,
      connection: `${n}`,
      node: "dead",
      value: "[null,null]",
    };
    await stored.enter(one, 60_000);
  }
  const told: DeviceNews[] = [];
  const hidden: string[] = [];
  const state = { isLive: false, refuseAt: Infinity };
  const presences: Presences = {
    ...stored,
    async leave(...args) {
      if (told.length + hidden.length >= state.refuseAt) throw new StoreUnavailable(new Error("away"));
      return stored.leave(...args);
    },
    async *ofNode(node) {
      for await (const page of stored.ofNode(node)) {
        for (let at = 0; at < page.length; at += 10) yield page.slice(at, at + 10);
      }
    },
  };
  const clear = () =>
    clearNode("dead", {
      presences,
      isLive: () => state.isLive,
      hide: ({ device }) => void hidden.push(device),
      tell: (news) => void told.push(...news),
    });
  const rest = async (): Promise<number> => (await stored.of(["bob@example.com"])).get("bob@example.com")?.length ?? 0;
  return { state, told, hidden, clear, rest };
}

test("each device of a dead node is cleared, hidden and told of once, although the store fails on the way", async () => {
  const { state, told, hidden, clear, rest } = await world();
  state.refuseAt = 20;
  expect(await clear().catch((error: unknown) => error)).toBeInstanceOf(StoreUnavailable);
  state.refuseAt = Infinity;
  await clear();
  expect(await rest()).toBe(0);
  const all = Array.from({ length: MANY }, (_, n) => `phone${n}`).toSorted();
  expect(told.map(({ device }) => device).toSorted()).toEqual(all);
  expect(hidden.toSorted()).toEqual(all);
});

test("a node that comes back while it is cleared up after keeps the rest", async () => {
  const { state, told, clear, rest } = await world();
  const push = told.push.bind(told);
  told.push = (...news) => {
    state.isLive = true;
    return push(...news);
  };
  await clear();
  expect(told).toHaveLength(10);
  expect(await rest()).toBe(20);
});
