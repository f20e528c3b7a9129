import { expect, test } from "bun:test";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Bounds, Draft } from "../../ports/mailboxes.ts";
import { createVirtualClock } from "../../../test/support/virtual-clock.ts";
import { createMemoryMailboxes } from "./mailboxes.ts";

const BOUNDS: Bounds = { mailbox: { count: 10, bytes: 1_000 }, sender: { count: 10, bytes: 1_000 } };
const draft = (mailbox: string, content: string): Draft => ({
  mailbox,
  kind: "k",
  from: "f",
  to: null,
  content,
  ttlMs: 1_000,
  supersedes: [],
});

test("all mailboxes together have a bound, and what has run out frees it without a sweep", async () => {
  const clock = createVirtualClock();
  const mailboxes = createMemoryMailboxes(clock, 20);
  await mailboxes.post(draft("one", "12345678"), BOUNDS);
  await mailboxes.post(draft("two", "12345678"), BOUNDS);
  await expect(mailboxes.post(draft("three", ""), BOUNDS)).rejects.toBeInstanceOf(StoreUnavailable);
  await clock.advance(1_000);
  expect(await mailboxes.post(draft("three", "12345678"), BOUNDS)).toHaveProperty("cursor");
  await mailboxes.post(draft("four", "12345678"), BOUNDS);
  await mailboxes.drop("four");
  expect(await mailboxes.post(draft("five", "12345678"), BOUNDS)).toHaveProperty("cursor");
});
