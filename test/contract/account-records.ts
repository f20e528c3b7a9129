import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { ContactDecision } from "../../src/ports/contact-records.ts";
import { aSignUp, aToken } from "../support/examples.ts";
import type { MakeRecords, TestRecords } from "../support/records.ts";

const A = "a@example.com";
const B = "b@example.com";
const NOW = 1_000;
const BEFORE_END = 1_999;
const END = 2_000;

const aSecret = (digest: string) => ({ digest, createdAt: NOW, expiresAt: END });
const many = <Result>(make: (at: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: 30 }, (_, at) => make(at)));

/** Every sentence of the port's comment, run against one adapter. */
export function accountRecordsContract(adapter: string, make: MakeRecords): void {
  describe(`account records on ${adapter}`, () => {
    let records: TestRecords;
    beforeEach(async () => {
      records = await make();
    });
    afterEach(() => records.close());

    const tokenIds = async (email: string): Promise<readonly string[]> =>
      (await records.tokens.list(email, NOW)).map(({ id }) => id);
    const rows = async (table: "tokens" | "invites" | "reset_codes" | "contacts"): Promise<number> =>
      (await records.store.read((db) => db.selectFrom(table).selectAll().execute())).length;

    const befriend: ContactDecision = () => ({ mine: "accepted", theirs: "accepted" });

    test("an account is kept with its first token", async () => {
      const signUp = aSignUp(A);
      expect(await records.accounts.create(signUp, NOW)).toBe("created");
      const account = { email: A, passwordHash: "hash", createdAt: NOW, signedInAt: NOW };
      expect(await records.accounts.find(A)).toEqual(account);
      expect(await records.tokens.find(signUp.token.digest, NOW)).toEqual({ ...signUp.token, lastUsedAt: NOW });
    });

    test("of many who take one address at once, one gets it, and nothing of the others stays", async () => {
      const outcomes = await many(() => records.accounts.create(aSignUp(A), NOW));
      expect(outcomes.filter((one) => one === "created")).toHaveLength(1);
      expect(outcomes.filter((one) => one === "taken")).toHaveLength(29);
      expect(await rows("tokens")).toBe(1);
    });

    test("an invite makes one account, however many use it at once", async () => {
      await records.accounts.addInvite(aSecret("invite"), null);
      const outcomes = await many((at) => records.accounts.create(aSignUp(`${at}@x`, { invite: "invite" }), NOW));
      expect(outcomes.filter((one) => one === "created")).toHaveLength(1);
      expect(outcomes.filter((one) => one === "bad_invite")).toHaveLength(29);
      expect(await rows("invites")).toBe(0);
    });

    test("an invite is good for its address and until its end", async () => {
      await records.accounts.addInvite(aSecret("for a"), A);
      expect(await records.accounts.hasInvite("for a", A, BEFORE_END)).toBe(true);
      expect(await records.accounts.hasInvite("for a", B, NOW)).toBe(false);
      expect(await records.accounts.hasInvite("for a", A, END)).toBe(false);
      expect(await records.accounts.hasInvite("none", A, NOW)).toBe(false);
      expect(await records.accounts.create(aSignUp(B, { invite: "for a" }), NOW)).toBe("bad_invite");
      expect(await records.accounts.create(aSignUp(A, { invite: "for a" }), END)).toBe("bad_invite");
      expect(await records.accounts.create(aSignUp(A, { invite: "for a" }), BEFORE_END)).toBe("created");
    });

    test("an invite is not used up by an address that is taken", async () => {
      await records.accounts.create(aSignUp(A), NOW);
      await records.accounts.addInvite(aSecret("invite"), null);
      expect(await records.accounts.create(aSignUp(A, { invite: "invite" }), NOW)).toBe("taken");
      expect(await records.accounts.create(aSignUp(B, { invite: "invite" }), NOW)).toBe("created");
    });

    test("a password changes from the one that was proven, and only one token stays", async () => {
      const { token } = aSignUp(A);
      await records.accounts.create(aSignUp(A, { token }), NOW);
      const other = aToken(A);
      await records.tokens.issue(other, { from: "hash", to: "hash" }, 9);
      expect(await records.accounts.changePassword(A, "another", "new", token.id)).toBeNull();
      expect(await records.accounts.changePassword(B, "hash", "new", token.id)).toBeNull();
      expect(await tokenIds(A)).toHaveLength(2);
      expect(await records.accounts.changePassword(A, "hash", "new", token.id)).toEqual([other.id]);
      expect((await records.accounts.find(A))!.passwordHash).toBe("new");
      expect(await tokenIds(A)).toEqual([token.id]);
    });

    test("of many who change one password at once, one does", async () => {
      await records.accounts.create(aSignUp(A), NOW);
      const outcomes = await many((at) => records.accounts.changePassword(A, "hash", `new ${at}`, null));
      expect(outcomes.filter((one) => one !== null)).toHaveLength(1);
    });

    test("a code sets a password once, however many use it at once, and revokes all tokens", async () => {
      const { token } = aSignUp(A);
      await records.accounts.create(aSignUp(A, { token }), NOW);
      expect(await records.accounts.addResetCode(aSecret("code"), A)).toBe(true);
      const outcomes = await many((at) => records.accounts.resetPassword(A, "code", `new ${at}`, NOW));
      expect(outcomes.filter((one) => one !== null)).toEqual([[token.id]]);
      expect((await records.accounts.find(A))!.passwordHash).toMatch(/^new \d+$/);
      expect(await rows("tokens")).toBe(0);
    });

    test("a code is good for its account, until its end, and until the next one", async () => {
      await records.accounts.create(aSignUp(A), NOW);
      await records.accounts.create(aSignUp(B), NOW);
      expect(await records.accounts.addResetCode(aSecret("code"), "nobody@x")).toBe(false);
      await records.accounts.addResetCode(aSecret("code"), A);
      expect(await records.accounts.resetPassword(B, "code", "new", NOW)).toBeNull();
      expect(await records.accounts.resetPassword(A, "wrong", "new", NOW)).toBeNull();
      expect(await records.accounts.resetPassword(A, "code", "new", END)).toBeNull();
      await records.accounts.addResetCode(aSecret("second"), A);
      expect(await records.accounts.resetPassword(A, "code", "new", NOW)).toBeNull();
      expect(await records.accounts.resetPassword(A, "second", "new", BEFORE_END)).not.toBeNull();
    });

    test("an account leaves nothing behind", async () => {
      const { token } = aSignUp(A);
      await records.accounts.create(aSignUp(A, { token }), NOW);
      await records.accounts.create(aSignUp(B), NOW);
      await records.accounts.addResetCode(aSecret("code"), A);
      await records.accounts.addInvite(aSecret("invite"), A);
      await records.contacts.step({ email: A, tokenId: token.id }, B, befriend, NOW);
      await records.contacts.step(
        { email: "c@x", tokenId: null },
        A,
        () => ({ mine: "outgoing", theirs: "incoming" }),
        NOW,
      );
      expect(await records.accounts.remove(A, "another")).toBeNull();
      expect(await records.accounts.remove("nobody@x", "hash")).toBeNull();
      expect(await records.accounts.remove(A, "hash")).toEqual({
        ...{ tokenIds: [token.id], contacts: [B] },
        ...{ order: expect.any(Number), acts: 0 },
      });
      expect(await records.accounts.find(A)).toBeNull();
      expect(await Promise.all([rows("tokens"), rows("reset_codes"), rows("invites"), rows("contacts")])).toEqual([
        1, 0, 0, 0,
      ]);
    });

    test("what operators did to an account names it no more, whichever way it goes, and nobody else is touched", async () => {
      const act = async (target: string): Promise<number> => {
        const id = await records.audit.begin({ at: 1, who: "olga", action: "kick", kind: "devices", target });
        await records.audit.settle(id, "done", `The socket of phone of ${A} was closed.`);
        return id;
      };
      const targetOf = async (id: number) => (await records.audit.find(id))!.target;
      for (const forget of [
        () => records.accounts.remove(A, "hash"),
        () => records.accounts.remove(A, null),
        async () => {
          await records.tokens.revokeOthers(A, "none");
          return (await records.accounts.removeUnused(NOW, 10))[0];
        },
      ]) {
        await records.accounts.create(aSignUp(A), NOW);
        const theirs = [await act(`${A}/phone`), await act(A)];
        // Patterns would find the last two.
        const others = [`b${A}/phone`, `${A}x/phone`, `${A.replace("@", "_")}/phone`, "%/phone"];
        const kept = await Promise.all(others.map(act));
        expect((await forget())!.acts).toBe(2);
        for (const id of theirs) {
          expect(await records.audit.find(id)).toMatchObject({
            ...{ who: "olga", action: "kick", kind: "devices", outcome: "done", at: 1 },
            ...{ target: "somebody forgotten", detail: "somebody forgotten" },
          });
        }
        expect(await Promise.all(kept.map(targetOf))).toEqual(others);
      }
    });

    test("an address without an account is forgotten too, and an account at it stays", async () => {
      await records.accounts.create(aSignUp(A), NOW);
      await records.contacts.step({ email: A, tokenId: null }, B, befriend, NOW);
      expect(await records.accounts.remove(A, null)).toEqual({
        tokenIds: [],
        contacts: [B],
        order: expect.any(Number),
        acts: 0,
      });
      expect(await records.contacts.list(B)).toEqual([]);
      expect(await tokenIds(A)).toHaveLength(1);
    });

    test("a removal that races with sign-ins and contacts leaves none of them behind", async () => {
      const { token } = aSignUp(A);
      await records.accounts.create(aSignUp(A, { token }), NOW);
      await Promise.all([
        ...Array.from({ length: 10 }, (_, at) =>
          records.contacts.step({ email: A, tokenId: token.id }, `${at}@x`, befriend, NOW),
        ),
        records.accounts.remove(A, "hash"),
        ...Array.from({ length: 10 }, () => records.tokens.issue(aToken(A), { from: "hash", to: "hash" }, 99)),
        ...Array.from({ length: 10 }, (_, at) =>
          records.contacts.step({ email: A, tokenId: token.id }, `${at}@y`, befriend, NOW),
        ),
      ]);
      expect(await Promise.all([rows("tokens"), rows("contacts")])).toEqual([0, 0]);
    });

    test("what is past its time is swept in bites, and nothing else", async () => {
      const short = { createdAt: NOW, expiresAt: END };
      await records.accounts.create(aSignUp(A, { token: aToken(A, short) }), NOW);
      await records.accounts.create(aSignUp(B, { token: aToken(B, short) }), NOW);
      await records.tokens.issue(aToken(A), { from: "hash", to: "hash" }, 9);
      await records.accounts.addResetCode(aSecret("code"), A);
      await records.accounts.addInvite(aSecret("invite"), null);
      await records.accounts.addInvite({ ...aSecret("longer"), expiresAt: END + 1 }, null);
      expect(await records.accounts.sweep(BEFORE_END, 10)).toBe(0);
      expect(await records.accounts.sweep(END, 1)).toBe(3);
      expect(await records.accounts.sweep(END, 10)).toBe(1);
      expect(await Promise.all([rows("tokens"), rows("invites"), rows("reset_codes")])).toEqual([1, 1, 0]);
    });

    test("accounts that nobody has signed in to and that have no tokens go, with all that is theirs", async () => {
      const names = ["gone@x", "in use@x", "signed in@x", "also gone@x"];
      for (const email of names) {
        await records.accounts.create(aSignUp(email), email === "signed in@x" ? NOW + 1 : NOW);
        if (email !== "in use@x") await records.tokens.revokeOthers(email, "none");
      }
      await records.accounts.addResetCode(aSecret("code"), "gone@x");
      await records.contacts.step({ email: A, tokenId: null }, "gone@x", befriend, NOW);
      expect(await records.accounts.removeUnused(NOW - 1, 10)).toEqual([]);
      const [first] = await Promise.all([10, 10].map((limit) => records.accounts.removeUnused(NOW, limit)));
      const gone = [...first!, ...(await records.accounts.removeUnused(NOW, 1))];
      expect(gone.length).toBeLessThanOrEqual(2);
      const left = await Promise.all(names.map(async (email) => (await records.accounts.find(email)) !== null));
      expect(left).toEqual([false, true, true, false]);
      expect([await rows("reset_codes"), await rows("contacts"), await rows("tokens")]).toEqual([0, 0, 1]);
    });

    test("of accounts that go it is told who they were, and whose contact they were", async () => {
      await records.accounts.create(aSignUp(A), NOW);
      await records.tokens.revokeOthers(A, "none");
      await records.contacts.step({ email: B, tokenId: null }, A, befriend, NOW);
      expect(await records.accounts.removeUnused(NOW, 10)).toEqual([
        { email: A, tokenIds: [], contacts: [B], order: expect.any(Number), acts: 0 },
      ]);
    });
  });
}
