import { expect, test } from "bun:test";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { MessageBudget, SharedBudgets } from "./message-budget.ts";

const taken = (budget: MessageBudget, most = 1_000): number => {
  let count = 0;
  while (count < most && budget.take()) count++;
  return count;
};

test("a budget allows a burst, and then its steady rate", async () => {
  const clock = createVirtualClock();
  const budget = new MessageBudget(clock, { limit: 50, windowMs: 5_000 });
  expect(taken(budget)).toBe(50);
  await clock.advance(1_000);
  expect(taken(budget)).toBe(10);
  await clock.advance(60_000);
  expect(taken(budget)).toBe(50);
});

test("sockets of one address share one, and whoever comes again has what was left of it", async () => {
  const clock = createVirtualClock();
  const budgets = new SharedBudgets(clock, { limit: 5, windowMs: 5_000 });
  const [first, second] = [budgets.enter("a"), budgets.enter("a")];
  expect(taken(first) + taken(second)).toBe(5);
  expect(taken(budgets.enter("b"))).toBe(5);
  budgets.leave("a");
  expect(taken(budgets.enter("a"))).toBe(0);
  budgets.leave("a");
  budgets.leave("a");
  expect(taken(budgets.enter("a"))).toBe(0);
  budgets.leave("a");
  await clock.advance(3_000);
  expect(taken(budgets.enter("a"))).toBe(3);
  budgets.leave("a");
  await clock.advance(60_000);
  expect(taken(budgets.enter("a"))).toBe(5);
});
