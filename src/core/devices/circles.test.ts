import { beforeEach, describe, expect, test } from "bun:test";
import { createVirtualClock, type VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { Directory } from "../accounts/directory.ts";
import { Circles } from "./circles.ts";

const [ADA, BOB, EVE] = ["ada@x", "bob@x", "eve@x"] as const;

let clock: VirtualClock;
let circles: Circles;
let unwatched: string[];
/** What the records say of each, as of when they are asked. */
let known: Map<string, Set<string>>;
/** Answers that wait for the function that gives them; null: they come at once. */
let late: (() => void)[] | null;
let asked: number;

beforeEach(() => {
  clock = createVirtualClock();
  unwatched = [];
  known = new Map();
  late = null;
  asked = 0;
  const directory: Pick<Directory, "contactsOf"> = {
    async contactsOf(email) {
      asked++;
      const answer = new Set(known.get(email));
      if (late !== null) await new Promise<void>((resolve) => late!.push(resolve));
      return answer;
    },
  };
  circles = new Circles({
    ...{ directory: directory as Directory, clock },
    unwatched: (email) => void unwatched.push(email),
    failed(error) {
      throw error;
    },
  });
});

const settle = () => new Promise<void>((resume) => setImmediate(resume));
const of = (email: string): string[] => [...circles.of(email)].toSorted();

/** The records say it from now on. */
function record(one: string, other: string, are: boolean): void {
  for (const [who, whom] of [
    [one, other],
    [other, one],
  ] as const) {
    const contacts = known.get(who) ?? new Set();
    known.set(who, contacts);
    if (are) contacts.add(whom);
    else contacts.delete(whom);
  }
}

const tell = (one: string, other: string, are: boolean, order: number): void =>
  circles.changed([one, other], { who: one, are, order });

/** The records change, and are asked from now on without an answer. */
function change(one: string, other: string, are: boolean, order: number): void {
  record(one, other, are);
  late ??= [];
  tell(one, other, are, order);
}

/** All answers come, those to what is asked meanwhile too. */
async function answer(): Promise<void> {
  const waiting = late ?? [];
  late = null;
  for (const give of waiting) give();
  await settle();
}

describe("news that says what has become of two people", () => {
  beforeEach(async () => {
    record(ADA, EVE, true);
    for (const email of [ADA, BOB]) await circles.enter(email);
  });

  test("counts at once for both, however long the records take", async () => {
    change(ADA, BOB, true, 1);
    expect([of(ADA), of(BOB)]).toEqual([[BOB, EVE], [ADA]]);
    expect([circles.mayReach(ADA, BOB), circles.mayReach(BOB, ADA)]).toEqual([true, true]);
    expect([...circles.watchersOf(BOB)].toSorted()).toEqual([ADA, BOB]);
    change(BOB, ADA, false, 2);
    expect([of(ADA), of(BOB)]).toEqual([[EVE], []]);
    expect([circles.mayReach(ADA, BOB), circles.mayReach(BOB, ADA)]).toEqual([false, false]);
    expect(circles.watchersOf(BOB)).toEqual([BOB]);
    await answer();
    expect([of(ADA), of(BOB)]).toEqual([[EVE], []]);
  });

  test("ends the watching of somebody who is not here", () => {
    change(EVE, ADA, false, 1);
    expect(unwatched).toEqual([EVE]);
    expect(circles.watchersOf(EVE)).toEqual([]);
  });

  test("is followed by a look at the records, which say what holds", async () => {
    late = [];
    tell(ADA, BOB, true, 1);
    expect(of(ADA)).toEqual([BOB, EVE]);
    await answer();
    expect([of(ADA), of(BOB)]).toEqual([[EVE], []]);
  });

  test("is not undone by an answer to what was asked before it", async () => {
    late = [];
    circles.changed([ADA, BOB]);
    await settle();
    change(ADA, EVE, false, 1);
    change(ADA, BOB, true, 2);
    const before = late.splice(0);
    for (const give of before) give();
    await settle();
    expect([of(ADA), of(BOB)]).toEqual([[BOB], [ADA]]);
    expect(late.length).toBeGreaterThan(0);
    await answer();
    expect([of(ADA), of(BOB)]).toEqual([[BOB], [ADA]]);
  });

  test("of two changes the later counts, in whichever order they are heard", async () => {
    record(ADA, BOB, false);
    late = [];
    tell(BOB, ADA, false, 8);
    tell(ADA, BOB, true, 7);
    expect([of(ADA), of(BOB)]).toEqual([[EVE], []]);
    await answer();
    // It may come when the records were asked since.
    late = [];
    tell(ADA, BOB, true, 6);
    expect([of(ADA), of(BOB)]).toEqual([[EVE], []]);
    await answer();
    change(ADA, BOB, true, 9);
    expect([of(ADA), of(BOB)]).toEqual([[BOB, EVE], [ADA]]);
    await answer();
    expect([of(ADA), of(BOB)]).toEqual([[BOB, EVE], [ADA]]);
  });

  test("leaves nothing wrong for good, whatever it says", async () => {
    tell(ADA, BOB, true, 5);
    await settle();
    tell(ADA, EVE, false, 4);
    tell(ADA, BOB, true, 3);
    await settle();
    expect([of(ADA), of(BOB)]).toEqual([[EVE], []]);
  });

  test("is heard on two ways and asks the records once", async () => {
    asked = 0;
    record(ADA, BOB, true);
    tell(ADA, BOB, true, 1);
    await settle();
    expect(asked).toBe(2);
    tell(ADA, BOB, true, 1);
    await settle();
    expect(asked).toBe(2);
    await clock.advance(61_000);
    circles.refresh();
    await settle();
    expect(asked).toBe(4);
    expect(of(ADA)).toEqual([BOB, EVE]);
  });

  test("is forgotten after a while: then the records alone count", async () => {
    tell(ADA, BOB, true, 1_000);
    await settle();
    await clock.advance(61_000);
    circles.refresh();
    await settle();
    // As after a database that was restored, whose numbers begin anew.
    change(ADA, BOB, true, 1);
    expect(of(ADA)).toEqual([BOB, EVE]);
  });

  test("of one person with many others is one change for each of them", async () => {
    record(ADA, BOB, true);
    circles.changed([ADA, BOB]);
    await settle();
    for (const other of [BOB, EVE]) record(ADA, other, false);
    late = [];
    circles.changed([ADA, BOB, EVE], { who: ADA, are: false, order: 3 });
    expect([of(ADA), of(BOB)]).toEqual([[], []]);
  });
});

test("news that does not say what has become of whom, as older nodes tell it, counts when the records have answered", async () => {
  await circles.enter(ADA);
  record(ADA, BOB, true);
  late = [];
  circles.changed([ADA, BOB]);
  expect(of(ADA)).toEqual([]);
  await answer();
  expect(of(ADA)).toEqual([BOB]);
});

test("an answer that comes after that to a later question does not count", async () => {
  late = [];
  const first = circles.enter(ADA);
  const [old] = late;
  record(ADA, BOB, true);
  circles.changed([ADA]);
  const second = circles.enter(ADA);
  late[1]!();
  await second;
  expect(of(ADA)).toEqual([BOB]);
  late = null;
  old!();
  for (let turn = 0; turn < 5; turn++) {
    await Promise.resolve();
    expect(of(ADA)).toEqual([BOB]);
  }
  await first;
});

test("somebody who is about to be here is a contact of whoever became one meanwhile", async () => {
  late = [];
  const entering = circles.enter(ADA);
  change(ADA, BOB, true, 1);
  await answer();
  await entering;
  expect(of(ADA)).toEqual([BOB]);
});
