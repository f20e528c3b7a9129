import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryBus } from "../../adapters/memory/bus.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import type { Bus } from "../../ports/bus.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { AccountNews, ContactNews } from "./directory.ts";
import { createAccountNews } from "./news.ts";

/** A node that hears. */
function node(bus: Bus, failed: (error: unknown) => void = () => undefined, clock = createVirtualClock()) {
  const news = createAccountNews({ bus, random: systemRandom, clock, failed });
  const heard: AccountNews[] = [];
  news.hear((one) => void heard.push(one));
  news.start();
  return { news, heard };
}

const revoked = (...tokenIds: readonly string[]): AccountNews => ({ type: "revoked", tokenIds });

test("news is heard once on every node", async () => {
  const bus = createMemoryBus();
  const [one, two] = [node(bus), node(bus)];
  one.news.tell(revoked("t"));
  await Promise.resolve();
  expect([one.heard, two.heard]).toEqual([[revoked("t")], [revoked("t")]]);
});

test("nobody hears any more who has said so", () => {
  const { news } = node(createMemoryBus());
  const heard: AccountNews[] = [];
  const end = news.hear((one) => void heard.push(one));
  end();
  news.tell(revoked("t"));
  expect(heard).toEqual([]);
});

test("much news comes in pieces, all of it", async () => {
  const bus = createMemoryBus();
  const [one, two] = [node(bus), node(bus)];
  const emails = Array.from({ length: 1001 }, (_, at) => `${at}@x`);
  one.news.tell({ type: "contacts", emails });
  await Promise.resolve();
  expect(two.heard).toHaveLength(6);
  expect(two.heard.flatMap((news) => (news.type === "contacts" ? news.emails : []))).toEqual(emails);
});

test("each piece of what has become of contacts names whom it is about", async () => {
  const { news, heard } = node(createMemoryBus());
  const emails = Array.from({ length: 401 }, (_, at) => `${at}@x`);
  const change = { who: "300@x", are: false, order: 7 };
  news.tell({ type: "contacts", emails, change });
  expect(heard).toHaveLength(2);
  const pieces = heard as ContactNews[];
  expect(pieces.map(({ emails: [first], change: what }) => [first, what])).toEqual([
    ["300@x", change],
    ["300@x", change],
  ]);
  const named = pieces.flatMap((piece) => piece.emails);
  expect([...new Set(named)].toSorted()).toEqual(emails.toSorted());
});

test("whoever waits for what it tells waits for those who hear it here, whatever becomes of them", async () => {
  const failures: unknown[] = [];
  const { news } = node(createMemoryBus(), (error) => failures.push(error));
  const { promise, resolve } = Promise.withResolvers<void>();
  const awaited: boolean[] = [];
  news.hear((_, isAwaited) => {
    awaited.push(isAwaited);
    return isAwaited ? promise : undefined;
  });
  news.hear(() => Promise.reject(new Error("no")));
  let isThere = false;
  const spread = news.spread(revoked("t")).then(() => (isThere = true));
  await new Promise((resume) => setImmediate(resume));
  expect(isThere).toBe(false);
  resolve();
  await spread;
  news.tell(revoked("u"));
  expect(awaited).toEqual([true, false]);
  await Promise.resolve();
  expect(failures).toHaveLength(2);
});

test("this node hears although the bus is away, and of a gap when it is back", async () => {
  let back = (): void => undefined;
  const failures: unknown[] = [];
  const bus: Bus = {
    publish: () => Promise.reject(new StoreUnavailable(null)),
    subscribe: () => ({ inForce: Promise.resolve(), end: () => undefined }),
    onGap(tell) {
      back = tell;
      return () => (back = () => undefined);
    },
  };
  const { news, heard } = node(bus, (error) => failures.push(error));
  news.tell(revoked("t"));
  back();
  await Promise.resolve();
  expect(heard).toEqual([revoked("t"), { type: "gap" }]);
  expect(failures).toHaveLength(1);
});

test("what could not be told to the others is a gap to them as soon as it can, however much it was", async () => {
  const shared = createMemoryBus();
  const clock = createVirtualClock();
  let isAway = true;
  const bus: Bus = {
    ...shared,
    publish: (...args) => (isAway ? Promise.reject(new StoreUnavailable(null)) : shared.publish(...args)),
  };
  const [one, two] = [node(bus, () => undefined, clock), node(shared)];
  for (let at = 0; at < 100; at++) one.news.tell(revoked(`${at}`));
  await clock.advance(60_000);
  expect([one.heard.length, two.heard.length]).toEqual([100, 0]);
  isAway = false;
  await clock.advance(1_000);
  expect([one.heard.length, two.heard]).toEqual([100, [{ type: "gap" }]]);
  await clock.advance(60_000);
  expect(two.heard).toHaveLength(1);
});

test("whoever stops owes nobody anything", async () => {
  let published = 0;
  const bus: Bus = {
    ...createMemoryBus(),
    publish: () => (published++, Promise.reject(new StoreUnavailable(null))),
  };
  const clock = createVirtualClock();
  const { news } = node(bus, () => undefined, clock);
  news.tell(revoked("t"));
  await clock.advance(0);
  news.stop();
  await clock.advance(60_000);
  expect(published).toBe(1);
});

test("one who fails does not keep it from the others", () => {
  const failures: unknown[] = [];
  const { news } = node(createMemoryBus(), (error) => failures.push(error));
  news.hear(() => {
    throw new Error("no");
  });
  const heard: AccountNews[] = [];
  news.hear((one) => void heard.push(one));
  news.tell(revoked("t"));
  expect([heard.length, failures.length]).toEqual([1, 1]);
});
