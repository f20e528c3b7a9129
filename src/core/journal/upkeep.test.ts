import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryBus } from "../../adapters/memory/bus.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import type { Bus } from "../../ports/bus.ts";
import { createAccountNews } from "../accounts/news.ts";
import { createJournal } from "./journal.ts";
import { createUpkeep } from "./upkeep.ts";

const clock = createVirtualClock();
const random = systemRandom;

function node(bus: Bus) {
  const news = createAccountNews({ bus, random, clock, failed: () => undefined });
  const journal = createJournal(clock);
  const upkeep = createUpkeep({ journal, news, clock });
  news.start();
  upkeep.start();
  journal.note("devices", "a@x/phone", "kick");
  journal.note("sessions", "s", "player joined", "p", "p");
  const left = (): number => journal.of("devices", "a@x/phone", 9).length + journal.of("sessions", "s", 9).length;
  return { news, upkeep, left };
}

test("the journal of every node forgets who is forgotten on one, by an address or by a player's name", async () => {
  const bus = createMemoryBus();
  const [one, two] = [node(bus), node(bus)];
  one.news.tell({ type: "removed", emails: ["a@x"] });
  await Promise.resolve();
  expect([one.left(), two.left()]).toEqual([1, 1]);
  two.news.tell({ type: "forgotten", names: ["p"] });
  await Promise.resolve();
  expect([one.left(), two.left()]).toEqual([0, 0]);
});

test("a node that has stopped hears nothing more", () => {
  const { news, upkeep, left } = node(createMemoryBus());
  upkeep.stop();
  news.tell({ type: "removed", emails: ["a@x"] });
  expect(left()).toBe(2);
});
