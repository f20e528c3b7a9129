import { expect, test } from "bun:test";
import { createMemoryAudit } from "../../src/adapters/memory/audit.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { auditRecordsContract } from "./audit-records.ts";

auditRecordsContract("memory", async () => ({
  audit: createMemoryAudit({ now: () => 0, keepMs: null }),
  close: async () => undefined,
}));

test("what is kept in memory goes at its age, as in the records", async () => {
  const clock = createVirtualClock(1_000);
  const audit = createMemoryAudit({ now: () => clock.now(), keepMs: 100 });
  const begin = () => audit.begin({ at: clock.now(), who: "olga", action: "kick", kind: "devices", target: "a" });
  const first = await begin();
  await clock.advance(99);
  const second = await begin();
  expect((await audit.list({ limit: 9 })).map(({ id }) => id)).toEqual([second, first]);
  await clock.advance(1);
  expect((await audit.list({ limit: 9 })).map(({ id }) => id)).toEqual([second]);
  expect(await audit.find(first)).toBeNull();
});
