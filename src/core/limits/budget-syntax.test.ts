import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readBudgets, writeBudgets } from "./budget-syntax.ts";
import { budgetTable, messageClasses, type BudgetChanges, type Budgets, type MessageClass } from "./budget-table.ts";

const tableWith = (changes: BudgetChanges, more: { perMinute?: number; messagesPerSecond?: number } = {}) =>
  budgetTable({ perMinute: 100, messagesPerSecond: 200, changes, ...more });

describe("the text of the table", () => {
  test("changes what it names, and nothing else", () => {
    const changes = readBudgets(
      " find = address:60/1m , account:30/30s ;; signal=socket:200/1s; chat=off;login=address:5/1h ",
    );
    expect(changes).toEqual({
      find: { address: { limit: 60, windowMs: 60_000 }, account: { limit: 30, windowMs: 30_000 } },
      signal: { socket: { limit: 200, windowMs: 1_000 } },
      chat: { address: null, socket: null, account: null },
      login: { address: { limit: 5, windowMs: 3_600_000 } },
    });
    const [plain, changed] = [tableWith({}), tableWith(changes)];
    expect(changed.chat).toEqual({});
    expect(changed.login.account).toEqual(plain.login.account);
    expect(changed.signal.account).toEqual(plain.signal.account);
    expect(changed.turn).toEqual(plain.turn);
    expect(readBudgets("")).toEqual({});
  });

  test("takes one budget away with off or 0", () => {
    expect(tableWith(readBudgets("find=account:off")).find).toEqual({ address: { limit: 600, windowMs: 60_000 } });
    expect(tableWith(readBudgets("presence=0")).presence).toEqual({});
  });

  test.each(["login=off", "login=address:off", "login=account:0", "signup=0", "reset=address:off"])(
    "%s: what guards passwords stays",
    (text) => expect(() => readBudgets(text)).toThrow("guards passwords"),
  );

  test.each([
    ["find", "is not class=budgets"],
    ["find=", "is not class=budgets"],
    ["fnd=off", 'there is no class "fnd"'],
    ["constructor=off", "there is no class"],
    ["find=off;find=off", "find is there twice"],
    ["find=socket:1/1m", "find has budgets per address, account"],
    ["find=60/1m", "find has budgets per address, account"],
    ["find=address:1/1m,address:2/1m", "two budgets per address"],
    ["find=address:60", "neither off nor uses/window"],
    ["find=address:0/1m", "neither off nor uses/window"],
    ["find=address:1/0s", "neither off nor uses/window"],
    ["find=address:1/25h", "neither off nor uses/window"],
    ["find=address:-1/1m", "neither off nor uses/window"],
    ["find=address:1/1d", "neither off nor uses/window"],
    ["find=address:10000000/1m", "neither off nor uses/window"],
  ])("%s: %s", (text, why) => expect(() => readBudgets(text)).toThrow(why));

  test("of any table reads as what was written", () => {
    const quota = fc.record({
      limit: fc.integer({ min: 1, max: 1_000_000 }),
      windowMs: fc.integer({ min: 1, max: 86_400 }).map((seconds) => seconds * 1_000),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(messageClasses) as MessageClass[])),
        fc.array(quota),
        (name, quotas) => {
          const pairs = messageClasses[name].flatMap((per, at) =>
            quotas[at] === undefined ? [] : [[per, quotas[at]]],
          );
          fc.pre(pairs.length > 0);
          const budgets = Object.fromEntries(pairs) as Budgets;
          expect(readBudgets(`${name}=${writeBudgets(budgets)}`)).toEqual({ [name]: budgets });
        },
      ),
    );
  });

  test("never fails in another way than by saying what is wrong", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9:=;,/ .-]{0,40}$/), (text) => {
        try {
          readBudgets(text);
        } catch (error) {
          expect((error as Error).message).toStartWith("budgets such as");
        }
      }),
    );
  });
});

describe("the defaults", () => {
  test("follow the general settings", () => {
    const table = tableWith({}, { perMinute: 7, messagesPerSecond: 20 });
    expect(table.request).toEqual({ address: { limit: 7, windowMs: 60_000 } });
    expect(table.login.address).toEqual({ limit: 7, windowMs: 60_000 });
    expect(table.heartbeat).toEqual({
      address: { limit: 420, windowMs: 60_000 },
      account: { limit: 7, windowMs: 60_000 },
    });
    expect(table.message).toEqual({
      address: { limit: 1_000, windowMs: 5_000 },
      socket: { limit: 100, windowMs: 5_000 },
    });
  });

  test("keep the tries at a password where there is no general limit", () => {
    const table = tableWith({}, { perMinute: 0 });
    expect([table.request, table.heartbeat]).toEqual([{}, {}]);
    for (const name of ["login", "signup", "reset"] as const) {
      expect(table[name].address).toEqual({ limit: 10, windowMs: 60_000 });
    }
    expect(table.login.account).toEqual({ limit: 10, windowMs: 900_000 });
  });
});
