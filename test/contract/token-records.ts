import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { aSignUp, aToken } from "../support/examples.ts";
import type { MakeRecords, TestRecords } from "../support/records.ts";

const A = "a@example.com";
const B = "b@example.com";
const NOW = 1_000;
const PROVEN = { from: "hash", to: "hash" };

/** Every sentence of the port's comment, run against one adapter. */
export function tokenRecordsContract(adapter: string, make: MakeRecords): void {
  describe(`token records on ${adapter}`, () => {
    let records: TestRecords;
    beforeEach(async () => {
      records = await make();
      await records.accounts.create(aSignUp(A, { token: aToken(A, { id: "first", createdAt: 0 }) }), 0);
    });
    afterEach(() => records.close());
    const ids = async (email = A): Promise<readonly string[]> =>
      (await records.tokens.list(email, NOW)).map(({ id }) => id);

    test("a token is kept exactly, and found by its digest until its end", async () => {
      const token = aToken(A, { name: "läptop 🦊", userAgent: "agent/1", expiresAt: 5_000 });
      expect(await records.tokens.issue(token, PROVEN, 9)).toEqual([]);
      expect(await records.tokens.find(token.digest, 4_999)).toEqual({ ...token, lastUsedAt: token.createdAt });
      expect(await records.tokens.find(token.digest, 5_000)).toBeNull();
      expect(await records.tokens.find("nothing", NOW)).toBeNull();
      expect(await records.tokens.list(A, 5_000)).toHaveLength(1);
    });

    test("of many who ask at once each finds its own, or nothing", async () => {
      const tokens = Array.from({ length: 300 }, (_, n) => aToken(A, { id: `t${n}`, expiresAt: 1_000 + n }));
      for (const token of tokens) await records.tokens.issue(token, PROVEN, 999);
      const asked = tokens.flatMap(({ digest }) => [digest, `not ${digest}`, digest]);
      const found = await Promise.all(asked.map((digest) => records.tokens.find(digest, 1_100)));
      const expected = tokens.flatMap(({ id }, n) =>
        n > 100 ? [id, undefined, id] : [undefined, undefined, undefined],
      );
      expect(found.map((one) => one?.id)).toEqual(expected);
    });

    test("a token is issued only to whoever proved the password that still is, which may get a new hash", async () => {
      expect(await records.tokens.issue(aToken(A), { from: "another", to: "x" }, 9)).toBeNull();
      expect(await records.tokens.issue(aToken(B), PROVEN, 9)).toBeNull();
      expect(await ids()).toEqual(["first"]);
      await records.tokens.issue(aToken(A, { createdAt: 77 }), { from: "hash", to: "better" }, 9);
      expect(await records.accounts.find(A)).toMatchObject({ passwordHash: "better", signedInAt: 77 });
    });

    test("past the most, those used longest ago go", async () => {
      await records.tokens.issue(aToken(A, { id: "second", createdAt: 10 }), PROVEN, 3);
      await records.tokens.issue(aToken(A, { id: "third", createdAt: 11 }), PROVEN, 3);
      await records.tokens.touch("first", 20);
      expect(await records.tokens.issue(aToken(A, { id: "fourth" }), PROVEN, 3)).toEqual(["second"]);
      expect((await ids()).toSorted()).toEqual(["first", "fourth", "third"]);
    });

    test("however many are issued at once, there are never more than the most", async () => {
      await Promise.all(Array.from({ length: 20 }, () => records.tokens.issue(aToken(A), PROVEN, 5)));
      expect(await ids()).toHaveLength(5);
    });

    test("lists come newest first", async () => {
      await records.tokens.issue(aToken(A, { id: "old", createdAt: 5 }), PROVEN, 9);
      await records.tokens.issue(aToken(A, { id: "new", createdAt: 9 }), PROVEN, 9);
      expect(await ids()).toEqual(["new", "old", "first"]);
      expect(await ids(B)).toEqual([]);
    });

    test("a use is noted, never earlier than the one before", async () => {
      await records.tokens.touch("first", 500);
      await records.tokens.touch("first", 400);
      await records.tokens.touch("nothing", 400);
      expect((await records.tokens.list(A, NOW))[0]!.lastUsedAt).toBe(500);
    });

    test("only its own account revokes a token, and once", async () => {
      expect(await records.tokens.revoke(B, "first")).toBe(false);
      const revoked = await Promise.all(Array.from({ length: 10 }, () => records.tokens.revoke(A, "first")));
      expect(revoked.filter((one) => one)).toHaveLength(1);
      expect(await ids()).toEqual([]);
    });

    test("all others are revoked, those of other accounts not", async () => {
      await records.accounts.create(aSignUp(B), NOW);
      await records.tokens.issue(aToken(A, { id: "second" }), PROVEN, 9);
      expect(await records.tokens.revokeOthers(A, "second")).toEqual(["first"]);
      expect(await records.tokens.revokeOthers("nobody@x", "second")).toEqual([]);
      expect(await ids()).toEqual(["second"]);
      expect(await ids(B)).toHaveLength(1);
    });

    test("missing are those that are revoked, past their time or never were", async () => {
      await records.tokens.issue(aToken(A, { id: "short", expiresAt: NOW }), PROVEN, 9);
      expect(await records.tokens.missing([], NOW)).toEqual([]);
      expect(await records.tokens.missing(["first", "short", "never"], NOW)).toEqual(["short", "never"]);
    });
  });
}
