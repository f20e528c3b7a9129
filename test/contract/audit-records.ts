import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { AuditRecords, NewAuditEntry } from "../../src/ports/audit-records.ts";

/** Makes an empty log; two calls give two that know nothing of each other. */
export type MakeAudit = () => Promise<{ readonly audit: AuditRecords; close(): Promise<void> }>;

const deed = (at: number, more: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  at,
  who: "olga",
  action: "drain",
  kind: "nodes",
  target: `node-${at}`,
  ...more,
});

/** Every sentence of the port's comment, run against one adapter. */
export function auditRecordsContract(adapter: string, make: MakeAudit): void {
  describe(`audit records on ${adapter}`, () => {
    let made: Awaited<ReturnType<MakeAudit>>;
    let audit: AuditRecords;
    beforeEach(async () => {
      made = await make();
      audit = made.audit;
    });
    afterEach(() => made.close());

    test("what is about to be done is there before it is, and what came of it is said once", async () => {
      const id = await audit.begin(deed(1));
      expect(await audit.find(id)).toEqual({ ...deed(1), id, outcome: "begun", detail: null });
      await audit.settle(id, "refused", "it is gone");
      await audit.settle(id, "done", "it is done");
      expect(await audit.find(id)).toEqual({ ...deed(1), id, outcome: "refused", detail: "it is gone" });
      expect(await audit.find(id + 1)).toBeNull();
      await audit.settle(id + 1, "done", "nothing");
    });

    test("whom a target names, whole or at its beginning, is taken out, and no more than that", async () => {
      const begin = (target: string) => audit.begin(deed(1, { kind: "devices", target }));
      const theirs = [await begin("a_x@x/phone"), await begin("a_x@x")];
      const others = [await begin("ba_x@x/phone"), await begin("abx@x/phone"), await begin("a_x@x0")];
      await audit.settle(theirs[0]!, "done", "The socket of phone of a_x@x was closed.");
      const kept = await Promise.all(others.map((id) => audit.find(id)));
      const named = { whole: ["a_x@x"], beginnings: ["a_x@x/"], details: [] };
      expect(await audit.forget(named)).toBe(2);
      const nameless = { ...deed(1, { kind: "devices", target: "somebody forgotten" }) };
      expect(await Promise.all(theirs.map((id) => audit.find(id)))).toEqual([
        { ...nameless, id: theirs[0]!, outcome: "done", detail: "somebody forgotten" },
        { ...nameless, id: theirs[1]!, outcome: "begun", detail: null },
      ]);
      expect(await Promise.all(others.map((id) => audit.find(id)))).toEqual(kept);
      // What comes of it is said all the same.
      await audit.settle(theirs[1]!, "refused", "there is no such device");
      expect(await audit.find(theirs[1]!)).toMatchObject({ outcome: "refused" });
      expect(await audit.forget(named)).toBe(0);
    });

    test("lists the newest first, below an id, of one outcome, and no more than asked for", async () => {
      const ids: number[] = [];
      for (let at = 1; at <= 5; at++) ids.push(await audit.begin(deed(at)));
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
      await audit.settle(ids[1]!, "done", "");
      await audit.settle(ids[3]!, "done", "");
      const targets = async (filter: Parameters<AuditRecords["list"]>[0]) =>
        (await audit.list(filter)).map(({ at }) => at);
      expect(await targets({ limit: 9 })).toEqual([5, 4, 3, 2, 1]);
      expect(await targets({ limit: 2 })).toEqual([5, 4]);
      expect(await targets({ limit: 2, before: ids[3]! })).toEqual([3, 2]);
      expect(await targets({ limit: 9, outcome: "done" })).toEqual([4, 2]);
      expect(await targets({ limit: 9, outcome: "begun", before: ids[2]! })).toEqual([1]);
    });
  });
}
