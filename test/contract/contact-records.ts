import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { contactActions, contactSteps, type ContactAction } from "../../src/core/accounts/contact-steps.ts";
import { DomainError } from "../../src/core/errors/errors.ts";
import type { ContactDecision, ContactStatus } from "../../src/ports/contact-records.ts";
import { aSignUp } from "../support/examples.ts";
import type { MakeRecords, TestRecords } from "../support/records.ts";

const A = { email: "a@example.com", tokenId: null };
const B = "b@example.com";

/** What two people can be to each other, whatever they did. */
const POSSIBLE = new Set([
  "null null",
  "accepted accepted",
  "outgoing incoming",
  "incoming outgoing",
  "outgoing blocked",
  "blocked outgoing",
  "blocked blocked",
  "blocked null",
  "null blocked",
]);

/** Every sentence of the port's comment, run against one adapter. */
export function contactRecordsContract(adapter: string, make: MakeRecords): void {
  describe(`contact records on ${adapter}`, () => {
    let records: TestRecords;
    beforeEach(async () => {
      records = await make();
    });
    afterEach(() => records.close());

    const set = (mine: ContactStatus | null, theirs: ContactStatus | null, now = 5) =>
      records.contacts.step(A, B, () => ({ mine, theirs }), now);

    test("strangers are nothing to each other", async () => {
      expect(await records.contacts.list(A.email)).toEqual([]);
      expect(await records.contacts.accepted(A.email)).toEqual([]);
      const seen: unknown[] = [];
      const look: ContactDecision = (now, counts) => {
        seen.push(now, counts);
        return now;
      };
      const zero = { accepted: 0, incoming: 0, outgoing: 0, blocked: 0 };
      expect(await records.contacts.step(A, B, look, 5)).toMatchObject({ contact: null });
      expect(seen).toEqual([
        { mine: null, theirs: null },
        { mine: zero, theirs: zero },
      ]);
    });

    test("a step changes both sides, and what stays keeps its time", async () => {
      expect(await set("outgoing", "incoming", 5)).toEqual({
        before: { mine: null, theirs: null },
        after: { mine: "outgoing", theirs: "incoming" },
        contact: { email: B, status: "outgoing", since: 5 },
        order: expect.any(Number),
      });
      expect((await set("outgoing", "blocked", 9))!.contact).toEqual({ email: B, status: "outgoing", since: 5 });
      expect(await records.contacts.list(B)).toEqual([{ email: A.email, status: "blocked", since: 9 }]);
      expect((await set("accepted", "accepted", 11))!.contact).toEqual({ email: B, status: "accepted", since: 11 });
      expect(await records.contacts.accepted(A.email)).toEqual([B]);
      expect(await records.contacts.accepted(B)).toEqual([A.email]);
      await set(null, null);
      expect(await records.contacts.list(A.email)).toEqual([]);
      expect(await records.contacts.list(B)).toEqual([]);
    });

    test("of many who ask at once each is told of their own contacts", async () => {
      const people = Array.from({ length: 300 }, (_, n) => `p${n}@example.com`);
      for (const [n, email] of people.entries()) {
        const status = n % 3 === 0 ? "incoming" : "accepted";
        if (n % 3 < 2) await records.contacts.step(A, email, () => ({ mine: status, theirs: status }), 5);
      }
      const told = await Promise.all([...people, ...people].map((email) => records.contacts.accepted(email)));
      const expected = people.map((_, n) => (n % 3 === 1 ? [A.email] : []));
      expect(told).toEqual([...expected, ...expected]);
    });

    test("a contact is seen by whoever asks after the step, whatever was asked before it", async () => {
      const before = Array.from({ length: 50 }, () => records.contacts.accepted(A.email));
      await set("accepted", "accepted");
      const after = Array.from({ length: 50 }, () => records.contacts.accepted(A.email));
      expect(await Promise.all(after)).toEqual(after.map(() => [B]));
      await Promise.all(before);
    });

    test("the decision sees how many of each both have", async () => {
      for (const at of [1, 2, 3]) {
        await records.contacts.step(A, `${at}@x`, () => ({ mine: "outgoing", theirs: "incoming" }), 0);
      }
      await set("accepted", "accepted");
      const counts: unknown[] = [];
      await records.contacts.step(
        A,
        "1@x",
        (now, both) => {
          counts.push(both.mine, both.theirs);
          return now;
        },
        0,
      );
      expect(counts).toEqual([
        { accepted: 1, incoming: 0, outgoing: 3, blocked: 0 },
        { accepted: 0, incoming: 1, outgoing: 0, blocked: 0 },
      ]);
    });

    test("of two changes between the same two the later has the greater order, and so has a removal", async () => {
      const orders: number[] = [];
      for (let run = 0; run < 3; run++) {
        orders.push((await set("accepted", "accepted"))!.order);
        orders.push((await records.contacts.step({ email: B, tokenId: null }, A.email, contactSteps.block, 5))!.order);
        orders.push(
          (await records.contacts.step({ email: B, tokenId: null }, A.email, contactSteps.unblock, 5))!.order,
        );
        orders.push((await set("accepted", "accepted"))!.order);
        orders.push((await records.accounts.remove(B, null))!.order);
      }
      expect(orders).toEqual([...new Set(orders)].sort((one, other) => one - other));
      expect(orders[0]).toBeGreaterThan(0);
      expect((await set(null, null))!.order).toBe(0);
    });

    test("of changes that race, the order is the one in which they were decided", async () => {
      const turned: ContactDecision = ({ mine }) =>
        mine === "accepted" ? { mine: null, theirs: null } : { mine: "accepted", theirs: "accepted" };
      const steps = Array.from({ length: 20 }, () => records.contacts.step(A, B, turned, 5));
      const done = (await Promise.all(steps)).map((step) => step!);
      const inOrder = done.toSorted((one, other) => one.order - other.order);
      expect(inOrder.map(({ before }) => before.mine)).toEqual(
        inOrder.map((_, at) => (at % 2 === 0 ? null : "accepted")),
      );
    });

    test("what the decision throws cancels the step", async () => {
      const refuse: ContactDecision = () => {
        throw new RangeError("no");
      };
      await expect(records.contacts.step(A, B, refuse, 0)).rejects.toThrow(RangeError);
      expect(await records.contacts.list(A.email)).toEqual([]);
    });

    test("an actor whose token is gone does nothing", async () => {
      const signUp = aSignUp(A.email);
      await records.accounts.create(signUp, 0);
      const actor = { email: A.email, tokenId: signUp.token.id };
      const connect: ContactDecision = () => ({ mine: "accepted", theirs: "accepted" });
      expect(await records.contacts.step(actor, B, connect, 0)).not.toBeNull();
      await records.tokens.revoke(A.email, signUp.token.id);
      expect(await records.contacts.step(actor, "c@x", connect, 0)).toBeNull();
      expect(await records.contacts.list("c@x")).toEqual([]);
    });

    test("a bound is never passed, however many steps race", async () => {
      const upTo5: ContactDecision = (now, { mine }) =>
        mine.outgoing < 5 ? { mine: "outgoing", theirs: "incoming" } : now;
      await Promise.all(Array.from({ length: 20 }, (_, at) => records.contacts.step(A, `${at}@x`, upTo5, 0)));
      expect(await records.contacts.list(A.email)).toHaveLength(5);
    });

    test("two who ask each other at once are contacts", async () => {
      for (let run = 0; run < 10; run++) {
        const [one, two] = [`one-${run}@x`, `two-${run}@x`];
        await Promise.all([
          records.contacts.step({ email: one, tokenId: null }, two, contactSteps.request, 0),
          records.contacts.step({ email: two, tokenId: null }, one, contactSteps.request, 0),
        ]);
        expect(await records.contacts.accepted(one)).toEqual([two]);
        expect(await records.contacts.accepted(two)).toEqual([one]);
      }
    });

    test("whatever people do to each other at once, both sides fit together", async () => {
      const people = ["a@x", "b@x", "c@x"];
      const deed = fc.record({
        actor: fc.constantFrom(...people),
        other: fc.constantFrom(...people),
        action: fc.constantFrom<ContactAction>(...contactActions),
      });
      const attempt = async (deed: { actor: string; other: string; action: ContactAction }): Promise<void> => {
        if (deed.actor === deed.other) return;
        try {
          await records.contacts.step({ email: deed.actor, tokenId: null }, deed.other, contactSteps[deed.action], 0);
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
        }
      };
      await fc.assert(
        fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 20 }), async (deeds) => {
          await Promise.all(deeds.map(attempt));
          const lists = await Promise.all(people.map((email) => records.contacts.list(email)));
          const status = (owner: number, other: string): ContactStatus | null =>
            lists[owner]!.find(({ email }) => email === other)?.status ?? null;
          for (const [at, email] of people.entries()) {
            for (const [other, otherEmail] of people.entries()) {
              if (at !== other) expect(POSSIBLE).toContain(`${status(at, otherEmail)} ${status(other, email)}`);
            }
          }
        }),
        { numRuns: 60 },
      );
    });
  });
}
