import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { NodeOverloaded } from "../cluster/courier.ts";
import { Lanes, type Roads } from "./lanes.ts";

const target = { email: "bob@example.com", device: "phone" };

function world() {
  const delivered: string[] = [];
  const refused: string[] = [];
  const first = Promise.withResolvers<void>();
  const state = { isAllowed: true, isOverloaded: false };
  const roads = {
    ...{ clock: createVirtualClock(), waiting: 0, isStoreAway: () => false, local: () => 0 },
    count: () => undefined,
    failed: (error: unknown) => expect(error).toBeUndefined(),
    mayReach: () => state.isAllowed,
    routes: {
      known: () => "b",
      look: () => Promise.reject(new Error("known")),
      took: () => undefined,
      forget: () => undefined,
    },
    post: {
      async deliver(node: string, { texts }: { readonly texts: readonly string[] }) {
        await first.promise;
        if (state.isOverloaded) throw new NodeOverloaded(node);
        delivered.push(...texts);
        return texts.length;
      },
    },
  } as unknown as Roads;
  const lanes = new Lanes(roads, { email: "ada@example.com", socket: "s" }, (_, why) => void refused.push(why));
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  };
  return {
    state,
    delivered,
    refused,
    goOn: first.resolve,
    settle,
    push: (text: string) => lanes.push(target, { ...target, lost: () => undefined }, text),
  };
}

test("a message that was sent when the two were contacts no more does not go with those from before", async () => {
  const { state, delivered, refused, goOn, settle, push } = world();
  push("one");
  push("two");
  state.isAllowed = false;
  push("three");
  state.isAllowed = true;
  push("four");
  goOn();
  await settle();
  expect(delivered).toEqual(["one", "two", "four"]);
  expect(refused).toEqual(["not_found"]);
});

test("a node that has too much to do is not a device that is not there", async () => {
  const { state, refused, goOn, settle, push } = world();
  state.isOverloaded = true;
  push("one");
  goOn();
  await settle();
  expect(refused).toEqual(["unavailable"]);
});
