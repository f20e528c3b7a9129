import { describe, expect, test } from "bun:test";
import { BOUNDS } from "../world/bounds.ts";
import { violations } from "./checks/all.ts";
import type { Fate, History } from "./history.ts";
import { written } from "./written.ts";

type At = ReturnType<typeof written>["at"];

/** The numbers of the promises that a history breaks. */
function broken(write: (at: At) => void): number[] {
  const { history, at } = written();
  write(at);
  return violations(history, BOUNDS).map(({ invariant }) => invariant);
}

const trouble = (at: At, from: number, to: number): void => {
  at(from).add("struck", { fault: "f" });
  at(to).add("healed", { fault: "f" });
};

describe("1: no host in two live allocations, no ticket in two matches", () => {
  const claim = (at: At, asked: number, answered: number): void =>
    at(answered).add("allocated", { host: "h", askedAt: asked });
  const beat = (at: At, time: number, fate: Fate = "done"): void =>
    at(time).add("beat", { presence: "host", who: "h", askedAt: time - 1, fate });

  test("two claims within an allocation are one too many", () => {
    expect(broken((at) => [claim(at, 100, 110), claim(at, 2_000, 2_010)])).toEqual([1]);
  });
  test("after an allocation the host may be given away again", () => {
    expect(broken((at) => [claim(at, 100, 110), claim(at, 6_200, 6_210)])).toEqual([]);
  });
  test("so it may where the allocation could have just lapsed", () => {
    expect(broken((at) => [claim(at, 100, 110), claim(at, 5_900, 6_200)])).toEqual([]);
  });
  test("the server's clock counts whole milliseconds", () => {
    expect(broken((at) => [claim(at, 100.2, 100.6), claim(at, 6_099.2, 6_099.8)])).toEqual([]);
    expect(broken((at) => [claim(at, 100.2, 100.6), claim(at, 6_098.2, 6_098.8)])).toEqual([1]);
  });
  test("and once the host was freed", () => {
    const free = (at: At): void => at(1_000).add("freed", { host: "h", askedAt: 900, until: 1_000 });
    expect(broken((at) => [claim(at, 100, 110), free(at), claim(at, 2_000, 2_010)])).toEqual([]);
  });
  test("freeing another host, or this one before, is no excuse", () => {
    const free = (at: At, host: string, time: number): void =>
      at(time).add("freed", { host, askedAt: time - 10, until: time });
    expect(
      broken((at) => [free(at, "h", 50), claim(at, 100, 110), free(at, "g", 500), claim(at, 2_000, 2_010)]),
    ).toEqual([1]);
  });
  test("a host whose lease may have lapsed has no allocation either", () => {
    const silent = (at: At): void => void [beat(at, 0), claim(at, 5_000, 5_010), beat(at, 7_000)];
    expect(broken((at) => [silent(at), claim(at, 8_000, 8_010)])).toEqual([]);
  });
  test("one that beat all the time has", () => {
    const steady = (at: At): void => {
      for (let time = 0; time <= 9_000; time += 1_000) beat(at, time);
    };
    expect(broken((at) => [steady(at), claim(at, 5_000, 5_010), claim(at, 8_000, 8_010)])).toEqual([1]);
  });
  test("memory that was lost takes allocations with it", () => {
    const lose = (at: At): void => at(1_000).add("forgot", { since: 500 });
    expect(broken((at) => [claim(at, 100, 110), lose(at), claim(at, 2_000, 2_010)])).toEqual([]);
  });
  const match = (at: At, ticket: string, id: string): void =>
    at(1).add("matched", { queue: "arena", ticket, match: id });
  test("a ticket of two matches", () => {
    expect(broken((at) => [match(at, "t", "m"), match(at, "t", "m"), match(at, "t", "n")])).toEqual([1]);
  });
  test("a match of three tickets", () => {
    expect(broken((at) => [match(at, "t", "m"), match(at, "u", "m")])).toEqual([]);
    expect(broken((at) => [match(at, "t", "m"), match(at, "u", "m"), match(at, "v", "m")])).toEqual([1]);
  });
});

describe("2: at most one eligible ticket waits", () => {
  const wait = (at: At, queue: "arena" | "chat", side: string, count: number): void =>
    at(1).add("stranded", { queue, side, tickets: Array.from({ length: count }, (_, n) => `t${n}`) });

  test("anybody takes anybody in the arena", () => {
    expect(broken((at) => [wait(at, "arena", "any", 1)])).toEqual([]);
    expect(broken((at) => [wait(at, "arena", "any", 2)])).toEqual([2]);
  });
  test("one side of the chat may wait, both may not", () => {
    expect(broken((at) => [wait(at, "chat", "male", 3), wait(at, "chat", "female", 0)])).toEqual([]);
    expect(broken((at) => [wait(at, "chat", "male", 1), wait(at, "chat", "female", 1)])).toEqual([2, 2]);
  });
});

describe("3: a durable write that was answered 2xx can be read", () => {
  const write = (at: At, value: string, fate: Fate): void => at(1).add("wrote", { key: "k", value, askedAt: 0, fate });
  const read = (at: At, value: string | null): void => at(2).add("read", { key: "k", value });

  test("the last one is what is there", () => {
    expect(broken((at) => [write(at, "a", "done"), write(at, "b", "done"), read(at, "b")])).toEqual([]);
    expect(broken((at) => [write(at, "a", "done"), write(at, "b", "done"), read(at, "a")])).toEqual([3]);
    expect(broken((at) => [write(at, "a", "done"), read(at, null)])).toEqual([3]);
  });
  test("one without an answer may be there or not, but nothing else", () => {
    for (const value of ["a", "b"]) {
      expect(broken((at) => [write(at, "a", "done"), write(at, "b", "unknown"), read(at, value)])).toEqual([]);
    }
    expect(broken((at) => [write(at, "a", "done"), write(at, "b", "unknown"), read(at, null)])).toEqual([3]);
  });
  test("one that was refused is not", () => {
    expect(broken((at) => [write(at, "a", "refused"), read(at, "a")])).toEqual([3]);
    expect(broken((at) => [write(at, "a", "refused"), read(at, null)])).toEqual([]);
  });
});

test("4: one post for each match and agent", () => {
  const post = (at: At, match: string, where = "outbox"): void => at(1).add("posted", { where, match, agent: "1" });
  expect(broken((at) => [post(at, "m"), post(at, "n"), post(at, "m", "chain")])).toEqual([]);
  expect(broken((at) => [post(at, "m"), post(at, "m")])).toEqual([4]);
});

describe("5: nobody is shown who has gone, nobody hidden who is there", () => {
  const come = (at: At, time: number, socket: string): void =>
    at(time).add("registered", { presence: "device", who: "d", socket, askedAt: time - 10 });
  const go = (at: At, time: number, socket: string, clean: boolean): void =>
    at(time).add("left", { presence: "device", who: "d", socket, clean });
  const look = (at: At, time: number, there: string[]): void =>
    at(time + 5).add("saw", { presence: "device", watcher: "w", askedAt: time, there, maySee: ["d"] });

  test("who said goodbye is gone at once", () => {
    expect(broken((at) => [come(at, 100, "1"), go(at, 5_000, "1", true), look(at, 6_000, ["d"])])).toEqual([]);
    expect(broken((at) => [come(at, 100, "1"), go(at, 5_000, "1", true), look(at, 7_000, ["d"])])).toEqual([5]);
  });
  test("who fell silent, within the bound", () => {
    expect(broken((at) => [come(at, 100, "1"), go(at, 5_000, "1", false), look(at, 14_000, ["d"])])).toEqual([]);
    expect(broken((at) => [come(at, 100, "1"), go(at, 5_000, "1", false), look(at, 17_000, ["d"])])).toEqual([5]);
  });
  test("while something was wrong, once it has come right", () => {
    const gone = (at: At): void => void [come(at, 100, "1"), go(at, 5_000, "1", false)];
    expect(broken((at) => [gone(at), trouble(at, 4_000, 20_000), look(at, 34_000, ["d"])])).toEqual([]);
    expect(broken((at) => [gone(at), trouble(at, 4_000, 20_000), look(at, 40_000, ["d"])])).toEqual([5]);
  });
  test("who came back by another socket stays, whenever the first one is found to be dead", () => {
    const back = (at: At): void => void [come(at, 100, "1"), come(at, 6_000, "2"), go(at, 7_000, "1", false)];
    expect(broken((at) => [back(at), look(at, 30_000, ["d"])])).toEqual([]);
    expect(broken((at) => [back(at), look(at, 30_000, [])])).toEqual([5]);
  });
  test("who is there is seen, but for the time in which something was wrong", () => {
    expect(broken((at) => [come(at, 100, "1"), look(at, 5_000, [])])).toEqual([5]);
    expect(broken((at) => [come(at, 100, "1"), trouble(at, 4_000, 6_000), look(at, 5_000, [])])).toEqual([]);
    expect(broken((at) => [come(at, 100, "1"), trouble(at, 4_000, 6_000), look(at, 25_000, [])])).toEqual([5]);
  });
  test("a host that is given away has beaten within its lease", () => {
    const beat = (at: At, time: number): void =>
      at(time).add("beat", { presence: "host", who: "h", askedAt: time - 1, fate: "done" });
    const host = (at: At, left: number): void => {
      at(2).add("registered", { presence: "host", who: "h", socket: "h#0", askedAt: 1 });
      for (let time = 10; time < left; time += 1_000) beat(at, time);
      at(left).add("left", { presence: "host", who: "h", socket: "h#0", clean: false });
    };
    const found = (at: At, time: number): void =>
      at(time).add("saw", { presence: "host", watcher: "find", askedAt: time, there: ["h"], maySee: [] });
    expect(broken((at) => [host(at, 5_000), found(at, 10_000)])).toEqual([]);
    expect(broken((at) => [host(at, 5_000), found(at, 13_000)])).toEqual([5]);
  });
});

describe("6: a message comes once and in order, or its sender is told", () => {
  const names = { channel: "devices", from: "a", to: "b" };
  const open = (at: At): void => at(0).add("opened", { channel: "devices", who: "b", socket: "2" });
  const send = (at: At, time: number, n: number): void => at(time).add("sent", { ...names, socket: "1", n });
  const come = (at: At, time: number, n: number): void =>
    at(time).add("delivered", { ...names, fromSocket: "1", socket: "2", n });
  const refuse = (at: At, time: number): void => at(time).add("refused", { ...names, socket: "1", why: "gone" });
  const close = (at: At, time: number, who: string, socket: string): void =>
    at(time).add("closed", { channel: "devices", who, socket, code: 1006 });

  test("nothing is lost in silence", () => {
    expect(broken((at) => [open(at), send(at, 10_000, 0), come(at, 10_005, 0)])).toEqual([]);
    expect(broken((at) => [open(at), send(at, 10_000, 0)])).toEqual([6]);
    expect(broken((at) => [open(at), send(at, 10_000, 0), refuse(at, 10_010)])).toEqual([]);
  });
  test("one refusal excuses one message", () => {
    expect(broken((at) => [open(at), send(at, 10_000, 0), send(at, 10_001, 1), refuse(at, 10_010)])).toEqual([6]);
  });
  test("what was on its way to a socket that ended may be lost, what was sent long after may not", () => {
    expect(broken((at) => [open(at), send(at, 10_000, 0), close(at, 11_000, "b", "2")])).toEqual([]);
    expect(broken((at) => [open(at), close(at, 11_000, "b", "2"), send(at, 30_000, 0)])).toEqual([6]);
  });
  test("what was sent to nobody is refused", () => {
    expect(broken((at) => [send(at, 10_000, 0)])).toEqual([6]);
    expect(broken((at) => [send(at, 10_000, 0), refuse(at, 10_010)])).toEqual([]);
  });
  test("so may what its sender's socket took along", () => {
    expect(broken((at) => [open(at), send(at, 10_000, 0), close(at, 11_000, "a", "1")])).toEqual([]);
    expect(broken((at) => [open(at), send(at, 10_000, 0), close(at, 20_000, "a", "1")])).toEqual([6]);
  });
  test("nothing comes twice", () => {
    expect(broken((at) => [open(at), send(at, 10_000, 0), come(at, 10_001, 0), come(at, 10_002, 0)])).toEqual([6]);
  });
  test("nothing comes after what was sent later", () => {
    const both = (at: At): void => void [open(at), send(at, 10_000, 0), send(at, 10_001, 1)];
    expect(broken((at) => [both(at), come(at, 10_005, 0), come(at, 10_006, 1)])).toEqual([]);
    expect(broken((at) => [both(at), come(at, 10_005, 1), come(at, 10_006, 0)])).toEqual([6]);
  });
});

test("7: every counter equals its recount", () => {
  expect(broken((at) => [at(1).add("counted", { counter: "c", said: 3, counted: 3 })])).toEqual([]);
  expect(broken((at) => [at(1).add("counted", { counter: "c", said: 3, counted: 2 })])).toEqual([7]);
});

describe("8: a node is back where it was", () => {
  const use = (
    history: Pick<History, "add">,
    phase: "base" | "after",
    rssBytes: number,
    descriptors: number,
    open = 0,
  ) => history.add("measured", { phase, rssBytes, descriptors, gauges: { sockets: open } }, "n0");

  test("within what a node may grow by", () => {
    expect(broken((at) => [use(at(1), "base", 1e8, 20), use(at(2), "after", 1.2e8, 30)])).toEqual([]);
  });
  test("memory, descriptors and sockets that stay are found", () => {
    expect(broken((at) => [use(at(1), "base", 1e8, 20), use(at(2), "after", 1e9, 20)])).toEqual([8]);
    expect(broken((at) => [use(at(1), "base", 1e8, 20), use(at(2), "after", 1e8, 90)])).toEqual([8]);
    expect(broken((at) => [use(at(1), "base", 1e8, 20), use(at(2), "after", 1e8, 20, 3)])).toEqual([8]);
  });
  test("so is a process that ended by itself", () => {
    expect(broken((at) => [at(1).add("crashed", { code: 1, words: "" })])).toEqual([8]);
  });
});
