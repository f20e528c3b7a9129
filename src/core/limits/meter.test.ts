import { describe, expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { readBudgets } from "./budget-syntax.ts";
import { budgetTable, type MessageClass } from "./budget-table.ts";
import { Meters, type Meter, type MeterOwner } from "./meter.ts";

function world(budgets: string) {
  const clock = createVirtualClock();
  const changes = readBudgets(`message=off;${budgets}`);
  const meters = new Meters(clock, budgetTable({ perMinute: 100, messagesPerSecond: 200, changes }));
  const enter = (owner: Partial<MeterOwner> = {}): Meter =>
    meters.enter({ address: "a", account: null, isStrict: false, ...owner });
  return { clock, enter };
}

const taken = (meter: Meter, kind: MessageClass, most = 1_000): number => {
  let count = 0;
  while (count < most && meter.take(kind)) count++;
  return count;
};

describe("a socket's meter", () => {
  test("keeps each class by itself", () => {
    const { enter } = world("chat=socket:5/10s;signal=socket:7/1s,account:off");
    const meter = enter();
    expect([taken(meter, "chat"), taken(meter, "signal"), taken(meter, "chat")]).toEqual([5, 7, 0]);
  });

  test("counts on the socket, its address and its account, whichever is used up first", async () => {
    const { clock, enter } = world("chat=socket:10/10s,address:15/10s,account:12/10s");
    const [first, second] = [enter({ account: "alice" }), enter({ account: "alice" })];
    expect([taken(first, "chat"), taken(second, "chat")]).toEqual([10, 2]);
    expect(taken(enter(), "chat")).toBe(2);
    expect(taken(enter({ address: "b" }), "chat")).toBe(10);
    await clock.advance(5_000);
    expect(taken(first, "chat")).toBe(5);
  });

  test("counts on an account from the moment that it is known", () => {
    const { enter } = world("signal=account:3/10s");
    const [first, second] = [enter(), enter({ address: "b" })];
    for (const meter of [first, second]) meter.name("alice");
    expect([taken(first, "signal"), taken(second, "signal")]).toEqual([3, 0]);
  });

  test("which holds for what was counted before that, too, but for no second name", () => {
    const { enter } = world("signal=account:3/10s,socket:10/10s");
    const [first, second] = [enter(), enter()];
    for (const meter of [first, second]) {
      expect(meter.take("signal")).toBe(true);
      meter.name("alice");
    }
    expect(taken(first, "signal")).toBe(3);
    second.name("bob");
    expect(taken(second, "signal")).toBe(0);
  });

  test("lets this machine's own sockets be, but for those that are strict", () => {
    const { enter } = world("chat=socket:5/10s,address:5/10s");
    expect(taken(enter({ address: null }), "chat")).toBe(1_000);
    expect(taken(enter({ address: null, isStrict: true }), "chat")).toBe(5);
    expect(taken(enter({ address: null, isStrict: true }), "chat")).toBe(5);
  });

  test("takes nobody for a flood who stops in time", async () => {
    const { clock, enter } = world("chat=socket:5/10s");
    const meter = enter();
    taken(meter, "chat");
    for (let n = 0; n < 48; n++) meter.take("chat");
    expect(meter.isFlood).toBe(false);
    await clock.advance(2_000);
    expect([meter.take("chat"), meter.take("chat"), meter.isFlood]).toEqual([true, false, false]);
    for (let n = 0; n < 49; n++) meter.take("chat");
    expect(meter.isFlood).toBe(true);
  });

  test("leaves behind what its address has used up", async () => {
    const { clock, enter } = world("chat=socket:off,address:5/10s");
    const first = enter();
    expect(taken(first, "chat")).toBe(5);
    first.leave();
    expect(taken(enter(), "chat")).toBe(0);
    await clock.advance(10_000);
    expect(taken(enter(), "chat")).toBe(5);
  });
});
