import { beforeEach, expect, test } from "bun:test";
import { Bursts } from "./bursts.ts";

let bursts: Bursts;
let now: number;
let turns: (() => void)[];
let written: string[];

/** One that writes as a socket does, and notes what went out together. */
class Receiver {
  readonly #name: string;
  #waiting: string[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  send(text: string): void {
    if (this.#waiting.length === 0 && !bursts.includes(this)) {
      written.push(`${this.#name}: ${text}`);
      return;
    }
    if (this.#waiting.length === 0) bursts.enter(this);
    this.#waiting.push(text);
    bursts.count();
  }

  flush(): number {
    const texts = this.#waiting;
    this.#waiting = [];
    if (texts.length > 0) written.push(`${this.#name}: ${texts.join(" ")}`);
    return texts.length;
  }
}

function endTurn(): void {
  for (const run of turns.splice(0)) run();
}

beforeEach(() => {
  now = 0;
  [turns, written] = [[], []];
  bursts = new Bursts(
    () => now,
    (run) => void turns.push(run),
  );
});

test("texts for this one and that one go out at once", () => {
  const [ann, ben] = [new Receiver("ann"), new Receiver("ben")];
  for (const text of ["1", "2", "3"]) {
    ann.send(text);
    ben.send(text);
  }
  expect(written).toEqual(["ann: 1", "ben: 1", "ann: 2", "ben: 2", "ann: 3", "ben: 3"]);
  expect(turns).toEqual([]);
});

test("texts for the same one that come a while apart go out at once", () => {
  const ann = new Receiver("ann");
  for (const text of ["1", "2", "3", "4"]) {
    ann.send(text);
    now += 0.1;
  }
  expect(written).toEqual(["ann: 1", "ann: 2", "ann: 3", "ann: 4"]);
});

test("of a burst the first go out at once, and the rest together when the turn ends", () => {
  now = 1_000;
  const ann = new Receiver("ann");
  for (const text of ["1", "2", "3", "4", "5"]) ann.send(text);
  expect(written).toEqual(["ann: 1", "ann: 2"]);
  expect(turns).toHaveLength(1);
  endTurn();
  expect(written.slice(2)).toEqual(["ann: 3 4 5"]);
});

test("after a burst each receiver is written to once a turn, until nobody gets more than one", () => {
  now = 1_000;
  const [ann, ben] = [new Receiver("ann"), new Receiver("ben")];
  for (const text of ["1", "2", "3", "4"]) ann.send(text);
  endTurn();
  written = [];
  for (const text of ["5", "6"]) for (const one of [ann, ben]) one.send(text);
  expect(written).toEqual([]);
  endTurn();
  expect(written).toEqual(["ann: 5 6", "ben: 5 6"]);
  for (const one of [ann, ben]) one.send("7");
  expect(written).toHaveLength(2);
  endTurn();
  for (const one of [ann, ben]) one.send("8");
  expect(written.slice(2)).toEqual(["ann: 7", "ben: 7", "ann: 8", "ben: 8"]);
  expect(turns).toEqual([]);
});

test("no more waits than may: then it goes out before the turn ends", () => {
  now = 1_000;
  const ann = new Receiver("ann");
  for (let n = 0; n < 4_100; n++) ann.send("x");
  expect(written).toHaveLength(3);
});

test("what somebody is answered while its message is handled does not wait", () => {
  now = 1_000;
  const [ann, ben] = [new Receiver("ann"), new Receiver("ben")];
  bursts.handling = ann;
  for (const text of ["1", "2", "3", "4"]) ann.send(text);
  for (const text of ["1", "2", "3", "4"]) ben.send(text);
  bursts.handling = null;
  expect(written).toEqual(["ann: 1", "ann: 2", "ann: 3", "ann: 4", "ben: 1", "ben: 2"]);
  endTurn();
  expect(written.slice(6)).toEqual(["ben: 3 4"]);
});

test("one to whom nothing can be written keeps nothing from the others", () => {
  now = 1_000;
  const [ann, ben] = [new Receiver("ann"), new Receiver("ben")];
  for (const text of ["1", "2", "3"]) ann.send(text);
  ann.flush = () => {
    throw new Error("ann is broken");
  };
  ben.send("1");
  expect(endTurn).toThrow("ann is broken");
  expect(turns).toHaveLength(1);
  endTurn();
  expect(written.at(-1)).toBe("ben: 1");
});

test("one whose end is heard of while all is written, and that makes somebody write, keeps the order", () => {
  now = 1_000;
  const [ann, ben] = [new Receiver("ann"), new Receiver("ben")];
  for (const text of ["1", "2", "3"]) ann.send(text);
  ben.send("before");
  const flush = ann.flush.bind(ann);
  ann.flush = () => {
    const texts = flush();
    bursts.write();
    written.push("told");
    ben.send("after");
    return texts;
  };
  endTurn();
  endTurn();
  expect(written.slice(2)).toEqual(["ann: 3", "ben: before", "told", "ben: after"]);
});

test("what waits can be had written at once, and the turn's end then finds nothing", () => {
  now = 1_000;
  const ann = new Receiver("ann");
  for (const text of ["1", "2", "3"]) ann.send(text);
  bursts.write();
  expect(written).toEqual(["ann: 1", "ann: 2", "ann: 3"]);
  endTurn();
  expect(written).toHaveLength(3);
});
