import { beforeEach, expect, test } from "bun:test";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { Presence } from "../../ports/presences.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { ContactNews } from "../accounts/directory.ts";
import { NodeUnreachable } from "../cluster/courier.ts";
import { createContactSpread } from "./contact-spread.ts";

const [ADA, BOB] = ["ada@x", "bob@x"] as const;
const NEWS: ContactNews = { type: "contacts", emails: [ADA, BOB], change: { who: ADA, are: false, order: 1 } };

let clock: VirtualClock;
let told: string[];
let failures: unknown[];
/** What each node does with the news. */
let answer: (node: string) => Promise<void>;
let lookUp: (emails: readonly string[]) => Promise<ReadonlyMap<string, readonly Presence[]>>;
let isDone: boolean;

beforeEach(() => {
  clock = createVirtualClock();
  [told, failures, isDone] = [[], [], false];
  answer = () => Promise.resolve();
  const on = (group: string, node: string): Presence => ({
    ...{ group, member: node, connection: node },
    ...{ node, value: "", since: 1 },
  });
  lookUp = async () =>
    new Map([
      [ADA, ["a", "b", "c"].map((node) => on(ADA, node))],
      [BOB, ["a", "c"].map((node) => on(BOB, node))],
    ]);
});

const settle = () => new Promise<void>((resume) => setImmediate(resume));

function spread(): Promise<void> {
  const contacts = (node: string, news: ContactNews): Promise<void> => {
    expect(news).toBe(NEWS);
    told.push(node);
    return answer(node);
  };
  const failed = (error: unknown): void => void failures.push(error);
  const run = createContactSpread({
    ...{ post: { contacts }, clock, node: "a", failed },
    lookUp: (emails) => lookUp(emails),
  });
  return run(NEWS).then(() => void (isDone = true));
}

test("each other node with a device of the two is told once, and waited for", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  answer = (node) => (node === "c" ? promise : Promise.resolve());
  const done = spread();
  await settle();
  expect([told.toSorted(), isDone]).toEqual([["b", "c"], false]);
  resolve();
  await done;
});

test("nobody waits for longer than a second", async () => {
  answer = () => new Promise(() => undefined);
  const done = spread();
  await settle();
  await clock.advance(999);
  expect(isDone).toBe(false);
  await clock.advance(1);
  await done;
});

test("a store that does not answer is waited for no longer either", async () => {
  lookUp = () => new Promise(() => undefined);
  const done = spread();
  await clock.advance(1_000);
  await done;
  expect(told).toEqual([]);
});

test("a node that is gone, or a store that is away, is nobody's failure", async () => {
  answer = (node) => Promise.reject(new NodeUnreachable(node));
  await spread();
  lookUp = () => Promise.reject(new StoreUnavailable(null));
  await spread();
  expect([told.toSorted(), failures]).toEqual([["b", "c"], []]);
});

test("another failure is told, and the others are told all the same", async () => {
  answer = (node) => (node === "b" ? Promise.reject(new Error("no")) : Promise.resolve());
  await spread();
  expect([told.toSorted(), failures.length]).toEqual([["b", "c"], 1]);
});
