import { beforeEach, describe, expect, test } from "bun:test";
import { createMemoryAudit } from "../../adapters/memory/audit.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { DomainError } from "../errors/errors.ts";
import { createAudited, type Audited } from "./audited.ts";

const deed = { who: "operator", action: "cleanup", kind: "face", target: "arena" };
const away = new StoreUnavailable(new Error("away"));
const inWords = (count: number): string => `expired: ${count}`;

let audit: ReturnType<typeof createMemoryAudit>;
let audited: Audited;
let told: unknown[];
let failures: unknown[];

beforeEach(() => {
  [told, failures] = [[], []];
  audit = createMemoryAudit({ now: () => 7, keepMs: null });
  audited = createAudited({
    // Each verb is asked for when it is needed, so that a test can take one away.
    audit: {
      ...audit,
      begin: (entry) => audit.begin(entry),
      settle: (...args) => audit.settle(...args),
    },
    now: () => 7,
    told: (act) => told.push(act),
    problemOf: (error) => (error instanceof DomainError || error instanceof StoreUnavailable ? error : null),
    failed: (error) => failures.push(error),
  });
});

const entries = () => audit.list({ limit: 10 });

describe("what an operator does", () => {
  test("is noted before it is done, and then with what came of it", async () => {
    const result = await audited(
      deed,
      async () => {
        expect(await entries()).toMatchObject([{ ...deed, at: 7, outcome: "begun", detail: null }]);
        return 3;
      },
      inWords,
    );
    expect(result).toBe(3);
    expect(await entries()).toMatchObject([{ ...deed, outcome: "done", detail: "expired: 3" }]);
    expect(told).toEqual([{ entry: (await entries())[0]!.id, action: "cleanup", kind: "face" }]);
  });

  test("is not done while it cannot be noted", async () => {
    let isDone = false;
    audit.begin = () => Promise.reject(away);
    await expect(audited(deed, async () => ((isDone = true), 1), inWords)).rejects.toBe(away);
    expect([isDone, told]).toEqual([false, []]);
  });

  test("is not taken for undone because its end cannot be noted", async () => {
    audit.settle = () => Promise.reject(away);
    expect(await audited(deed, async () => 1, inWords)).toBe(1);
    expect(failures).toEqual([away]);
  });

  test.each([
    ["refused", new DomainError("not_confirmed"), new DomainError("not_confirmed").message],
    ["failed", away, away.message],
    ["failed", new Error("of somebody@example.com"), "it failed; the log says why"],
  ] as const)("that is %s is noted so, and says nothing that nobody meant to say", async (outcome, error, detail) => {
    await expect(audited(deed, () => Promise.reject<number>(error), inWords)).rejects.toBe(error);
    expect(await entries()).toMatchObject([{ outcome, detail }]);
  });
});
