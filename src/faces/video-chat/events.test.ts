import { expect, test } from "bun:test";
import { chatEvents } from "./events.ts";

test("a message is stamped with the time of day", async () => {
  let passedOn: unknown = null;
  const { events } = chatEvents({
    pairing: {
      relay: async (_id: string, make: (own: unknown) => unknown) =>
        void (passedOn = make({ attributes: { name: "Ann" } })),
    } as never,
    paired: {} as never,
    timeOfDay: { now: () => 1_704_067_200_000 },
    relayOnly: false,
    left: () => undefined,
    failed: () => undefined,
  });
  await events["chat-message"]!.handle({ id: "a" } as never, "Hello!");
  expect(passedOn).toMatchObject({ event: "chat-message", message: { timestamp: 1_704_067_200_000 } });
});
