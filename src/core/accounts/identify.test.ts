import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createTokenVerifier } from "../../adapters/jwt/verifier.ts";
import { issueToken } from "../../adapters/jwt/issue.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import { peopleOn } from "../../../test/support/people.ts";
import { sqliteRecords, type TestRecords } from "../../../test/support/records.ts";
import { createIdentify } from "./identify.ts";
import type { TokenVerifier } from "../../ports/tokens.ts";

const SECRET = "a secret of thirty-two bytes and more";

let records: TestRecords;
let verifier: TokenVerifier;
beforeEach(async () => {
  records = await sqliteRecords();
  verifier = createTokenVerifier({ keys: { secret: SECRET }, clock: records.clock, issuer: null, audience: null });
});
afterEach(() => records.close());

const jwt = (claims: object): Promise<string> =>
  issueToken(
    { subject: "someone", ttlSeconds: 60, issuer: null, audience: null, claims: { ...claims } },
    { secret: SECRET, clock: records.clock, random: systemRandom },
  );
const refusal = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => null,
    ({ code, message }: { code: string; message: string }) => [code, message],
  );
const BAD = ["invalid_token", "Invalid or expired token"];

describe("a JWT of an identity provider", () => {
  test("stands for its email", async () => {
    const { directory } = peopleOn(records, { verifier });
    const expiresAt = records.clock.now() + 60_000;
    const alice = { email: "alice@example.com", tokenId: null, expiresAt };
    expect(await directory.identify(await jwt({ email: "Alice@Example.com" }))).toEqual(alice);
    expect(await directory.identify(await jwt({ email: "alice@example.com", email_verified: true }))).toEqual(alice);
  });

  test("without an email that was checked stands for nobody", async () => {
    const { directory } = peopleOn(records, { verifier });
    for (const claims of [
      {},
      { email: ["alice@example.com"] },
      { email: { toString: "alice@example.com" } },
      { email: "alice" },
      { email: "alice@example.com", email_verified: false },
      ...[false, "false", "False", "no", "0", 0, null, {}].map((verified) => ({
        ...{ email: "alice@example.com", email_verified: verified },
      })),
    ]) {
      expect(await refusal(directory.identify(await jwt(claims)))).toEqual(BAD);
    }
  });

  test("is nothing where no identity provider is named, nor when it has ended", async () => {
    const token = await jwt({ email: "alice@example.com" });
    expect(await refusal(peopleOn(records).directory.identify(token))).toEqual(BAD);
    await records.clock.advance(70_000);
    expect(await refusal(peopleOn(records, { verifier }).directory.identify(token))).toEqual(BAD);
  });

  test("that cannot be checked is not taken for bad", async () => {
    const nobodyKnows: TokenVerifier = { verify: async () => ({ verdict: "unknown", cause: null }) };
    const { directory } = peopleOn(records, { verifier: nobodyKnows });
    expect(await refusal(directory.identify("a.b.c"))).toContain("keys_unavailable");
  });

  test("has no password and no tokens here; what it leaves is its contacts", async () => {
    const { directory, accounts, contacts } = peopleOn(records, { verifier });
    const me = await directory.identify(await jwt({ email: "alice@example.com" }));
    await contacts.act(me, "request", "bob@example.com");
    expect(await accounts.tokensOf(me)).toEqual([]);
    for (const attempt of [
      () => accounts.signOut(me),
      () => accounts.revoke(me, "x"),
      () => accounts.revokeOthers(me),
      () => accounts.changePassword(me, "", "a new password"),
    ]) {
      expect(await refusal(attempt())).toContain("no_password");
    }
    await accounts.remove(me, "");
    expect(await contacts.list("bob@example.com")).toEqual([]);
  });
});

test("what has neither form is said to have none", async () => {
  const { directory } = peopleOn(records, { verifier });
  for (const token of ["", "x", "a.b", "a.b.c.d", "a.b.ä", "f3b1c9d2-8a54-4e0f-b6c7", "a".repeat(100_000)]) {
    expect(await refusal(directory.identify(token))).toEqual(["malformed_token", "Invalid token format"]);
  }
  expect(await refusal(directory.identify("f3b1c9d2-8a54-4e0f-b6c7-2d9e1a7f5c30"))).toEqual(BAD);
});

test("a token of an account ends as far from now as in the records, by the time of day of this node", async () => {
  const bob = { email: "bob@example.com", password: "correct horse battery" };
  const { token } = await peopleOn(records).accounts.signUp(bob, null, { name: null, userAgent: null });
  const { clock, tokens } = records;
  const timeOfDay = { now: () => clock.now() + 40 * 24 * 3_600_000 };
  const identify = createIdentify({ tokens, verifier: null, clock, timeOfDay, failed: () => undefined });
  expect((await identify(token)).expiresAt).toBe(timeOfDay.now() + 3_600_000);
});
