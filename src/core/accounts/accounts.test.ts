import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createMemoryBus } from "../../adapters/memory/bus.ts";
import { createArgon2Passwords } from "../../adapters/passwords/argon2.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { peopleOn } from "../../../test/support/people.ts";
import { sqliteRecords, type TestRecords } from "../../../test/support/records.ts";
import { ATTEMPTS, TooManyAttempts } from "./attempts.ts";
import type { SignUpRule } from "./accounts.ts";
import type { AccountNews, ContactNews } from "./directory.ts";
import { createInvite, createResetCode, INVITE_MS, RESET_CODE_MS } from "./operator.ts";

const ALICE = { email: "alice@example.com", password: "correct horse" };
const DEVICE = { name: null, userAgent: null };
const HOUR = 3_600_000;

let records: TestRecords;
let people: ReturnType<typeof peopleOn>;
beforeEach(async () => {
  records = await sqliteRecords();
  people = peopleOn(records);
});
afterEach(() => records.close());

const signUp = (email = ALICE.email) => people.accounts.signUp({ ...ALICE, email }, null, DEVICE);
const signIn = (password = ALICE.password) => people.accounts.signIn({ ...ALICE, password }, DEVICE);
const who = (token: string) => people.directory.identify(token);
/** Settles with the code of the refusal. */
const refused = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "nothing was refused",
    ({ code }: { code: string }) => code,
  );
const revokedIds = (news: readonly AccountNews[] = people.heard): readonly string[] =>
  news.flatMap((one) => (one.type === "revoked" ? one.tokenIds : []));

describe("signing up", () => {
  test("signs in at once", async () => {
    const { token, tokenId, expiresAt } = await signUp();
    expect(expiresAt).toBe(records.clock.now() + HOUR);
    expect(await who(token)).toEqual({ email: ALICE.email, tokenId, expiresAt });
  });

  test("keeps neither the token nor the password", async () => {
    const { token } = await signUp();
    const rows = await records.store.read((db) =>
      Promise.all([db.selectFrom("tokens").selectAll().execute(), db.selectFrom("accounts").selectAll().execute()]),
    );
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(rows)).not.toContain(ALICE.password);
  });

  test("is refused for an address that is taken, and where it is off", async () => {
    await signUp();
    expect(await refused(signUp())).toBe("account_exists");
    const closed = peopleOn(records, { signUp: "off" });
    expect(await refused(closed.accounts.signUp(ALICE, null, DEVICE))).toBe("signup_closed");
  });

  test("takes an invite where one is asked for, and tells nobody else who is there", async () => {
    await signUp();
    const rule: SignUpRule = "invite";
    const { accounts } = peopleOn(records, { signUp: rule });
    const deps = { records: records.accounts, clock: records.clock, random: systemRandom };
    const bob = { ...ALICE, email: "bob@example.com" };
    expect(await refused(accounts.signUp(bob, null, DEVICE))).toBe("bad_invite");
    expect(await refused(accounts.signUp(ALICE, "guess", DEVICE))).toBe("bad_invite");
    const { secret } = await createInvite(deps, null);
    expect(await refused(accounts.signUp(ALICE, secret, DEVICE))).toBe("account_exists");
    expect((await accounts.signUp(bob, secret, DEVICE)).email).toBe(bob.email);
    expect(await refused(accounts.signUp({ ...bob, email: "c@x" }, secret, DEVICE))).toBe("bad_invite");
    const late = await createInvite(deps, null);
    await records.clock.advance(INVITE_MS);
    expect(await refused(accounts.signUp({ ...bob, email: "c@x" }, late.secret, DEVICE))).toBe("bad_invite");
  });
});

describe("signing in", () => {
  test("takes the password, however its letters were typed", async () => {
    await people.accounts.signUp({ ...ALICE, password: "passwörd" }, null, DEVICE);
    expect((await signIn("passwo\u0308rd")).email).toBe(ALICE.email);
    expect(await refused(signIn("password"))).toBe("wrong_login");
  });

  test("is refused alike for a wrong password and an unknown address", async () => {
    await signUp();
    expect(await refused(signIn("wrong password"))).toBe("wrong_login");
    expect(await refused(people.accounts.signIn({ ...ALICE, email: "nobody@x" }, DEVICE))).toBe("wrong_login");
  });

  test("has to wait after ten wrong guesses in a row, even with the right one, there or not", async () => {
    await signUp();
    for (const email of [ALICE.email, "nobody@x"]) {
      const guesses = await Promise.all(
        Array.from({ length: ATTEMPTS.limit + 5 }, () =>
          refused(people.accounts.signIn({ email, password: "a wrong guess" }, DEVICE)),
        ),
      );
      expect(guesses.filter((code) => code === "wrong_login")).toHaveLength(ATTEMPTS.limit);
      expect(guesses.filter((code) => code === "too_many_attempts")).toHaveLength(5);
    }
    const error = await signIn().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(TooManyAttempts);
    await records.clock.advance((error as TooManyAttempts).retryMs);
    expect((await signIn()).email).toBe(ALICE.email);
  });

  test("begins the count anew when it goes well", async () => {
    await signUp();
    for (let round = 0; round < 3; round++) {
      await records.clock.advance(1);
      for (let at = 0; at < ATTEMPTS.limit - 1; at++) await refused(signIn("a wrong guess"));
      expect((await signIn()).email).toBe(ALICE.email);
    }
  });

  test("renews a hash that is made otherwise by now", async () => {
    await signUp();
    const passwords = createArgon2Passwords({
      random: systemRandom,
      cost: { memory: 128, passes: 1, parallelism: 1 },
    });
    const dearer = peopleOn(records, { passwords });
    await dearer.accounts.signIn(ALICE, DEVICE);
    expect((await records.accounts.find(ALICE.email))!.passwordHash).toContain("m=128");
    expect((await dearer.accounts.signIn(ALICE, DEVICE)).email).toBe(ALICE.email);
  });

  test("past a hundred tokens ends the one used longest ago", async () => {
    const first = await signUp();
    const hash = (await records.accounts.find(ALICE.email))!.passwordHash;
    for (let at = 0; at < 100; at++) {
      await records.clock.advance(1_000);
      expect(await signIn().then(({ email }) => email)).toBe(ALICE.email);
    }
    expect(hash).toBe((await records.accounts.find(ALICE.email))!.passwordHash);
    expect(revokedIds()).toEqual([first.tokenId]);
    expect(await refused(who(first.token))).toBe("invalid_token");
  });
});

describe("tokens", () => {
  test("are good for their time, in letters of either case", async () => {
    const { token } = await signUp();
    expect((await who(token.toUpperCase())).email).toBe(ALICE.email);
    await records.clock.advance(HOUR - 1);
    expect((await who(token)).email).toBe(ALICE.email);
    await records.clock.advance(1);
    expect(await refused(who(token))).toBe("invalid_token");
  });

  test("are listed with their names and, coarsely, their last use", async () => {
    const { token } = await signUp();
    await records.clock.advance(60_000);
    await people.accounts.signIn(ALICE, { name: "laptop", userAgent: "agent/1" });
    await records.clock.advance(6 * 60_000);
    const at = records.clock.now();
    const me = await who(token);
    const used = async () => (await people.accounts.tokensOf(me)).map(({ name, lastUsedAt }) => [name, lastUsedAt]);
    await eventually("the use is noted", async () => (await used()).some(([, time]) => time === at));
    expect(await used()).toEqual([
      ["laptop", at - 6 * 60_000],
      [null, at],
    ]);
  });

  test("end by signing out, one by one, and all but one; everybody hears which", async () => {
    const bus = createMemoryBus();
    people = peopleOn(records, { bus });
    const other = peopleOn(records, { bus });
    const [one, two, three] = [await signUp(), await signIn(), await signIn()];
    const four = await signIn();
    await people.accounts.signOut(await who(one.token));
    await people.accounts.revoke(await who(two.token), three.tokenId);
    expect(await people.accounts.revokeOthers(await who(two.token))).toBe(1);
    const gone = [one.tokenId, three.tokenId, four.tokenId];
    expect(revokedIds()).toEqual(gone);
    expect(revokedIds(other.heard)).toEqual(gone);
    expect(await people.directory.revoked([two.tokenId, ...gone])).toEqual(gone);
    expect(await refused(people.accounts.revoke(await who(two.token), one.tokenId))).toBe("token_not_found");
  });

  test("of others cannot be revoked", async () => {
    const [alice, bob] = [await signUp(), await signUp("bob@example.com")];
    expect(await refused(people.accounts.revoke(await who(bob.token), alice.tokenId))).toBe("token_not_found");
    expect((await who(alice.token)).email).toBe(ALICE.email);
  });
});

describe("a password", () => {
  test("is changed by whoever knows it, which ends all other tokens", async () => {
    const [one, two] = [await signUp(), await signIn()];
    const me = await who(one.token);
    expect(await refused(people.accounts.changePassword(me, "wrong", "another horse"))).toBe("wrong_password");
    expect(await people.accounts.changePassword(me, ALICE.password, "another horse")).toBe(1);
    expect(revokedIds()).toEqual([two.tokenId]);
    expect(await refused(signIn())).toBe("wrong_login");
    expect((await signIn("another horse")).email).toBe(ALICE.email);
  });

  test("cannot be guessed without end by whoever has a token", async () => {
    const me = await who((await signUp()).token);
    for (let at = 0; at < ATTEMPTS.limit; at++) {
      expect(await refused(people.accounts.changePassword(me, `guess ${at}`, "another horse"))).toBe("wrong_password");
    }
    expect(await refused(people.accounts.remove(me, ALICE.password))).toBe("too_many_attempts");
  });

  test("is set once by an operator's code, within its time", async () => {
    const deps = { records: records.accounts, clock: records.clock, random: systemRandom };
    const reset = (code: string, email = ALICE.email) =>
      people.accounts.resetPassword({ email, password: "a new horse" }, code);
    expect(await createResetCode(deps, ALICE.email)).toBeNull();
    const { tokenId } = await signUp();
    const { secret } = (await createResetCode(deps, ALICE.email))!;
    expect(await refused(reset("guess"))).toBe("bad_code");
    expect(await refused(reset(secret, "nobody@x"))).toBe("bad_code");
    await reset(secret);
    expect(revokedIds()).toEqual([tokenId]);
    expect(await refused(reset(secret))).toBe("bad_code");
    expect((await signIn("a new horse")).email).toBe(ALICE.email);
    const late = (await createResetCode(deps, ALICE.email))!;
    await records.clock.advance(RESET_CODE_MS);
    expect(await refused(reset(late.secret))).toBe("bad_code");
  });

  test("is set by a code however many have guessed before: nobody can keep another from it", async () => {
    const deps = { records: records.accounts, clock: records.clock, random: systemRandom };
    await signUp();
    const reset = (code: string) => people.accounts.resetPassword({ ...ALICE, password: "a new horse" }, code);
    for (let at = 0; at < 2 * ATTEMPTS.limit; at++) expect(await refused(reset("guess"))).toBe("bad_code");
    await reset((await createResetCode(deps, ALICE.email))!.secret);
    expect((await signIn("a new horse")).email).toBe(ALICE.email);
  });
});

test("whom somebody has blocked stays blocked, even if the account is made anew", async () => {
  const bob = await who((await signUp("bob@example.com")).token);
  const first = await who((await signUp()).token);
  await people.contacts.act(bob, "block", first.email);
  await people.accounts.remove(first, ALICE.password);
  const second = await who((await signUp()).token);
  await people.contacts.act(second, "request", bob.email);
  expect(await people.contacts.list(bob.email)).toEqual([expect.objectContaining({ status: "blocked" })]);
});

test("an account that is removed takes everything with it, and its contacts hear", async () => {
  const [alice, bob] = [await who((await signUp()).token), await who((await signUp("bob@example.com")).token)];
  await people.contacts.act(alice, "request", bob.email);
  await people.contacts.act(bob, "accept", alice.email);
  expect(await people.directory.contactsOf(bob.email)).toEqual(new Set([alice.email]));
  expect(await refused(people.accounts.remove(alice, "wrong"))).toBe("wrong_password");
  people.heard.length = 0;
  const order: number = expect.any(Number);
  await people.accounts.remove(alice, ALICE.password);
  expect(people.heard).toEqual([
    { type: "revoked", tokenIds: [alice.tokenId!] },
    { type: "removed", emails: [alice.email] },
    { type: "contacts", emails: [alice.email, bob.email], change: { who: alice.email, are: false, order } },
  ]);
  expect(await people.directory.contactsOf(bob.email)).toEqual(new Set());
  expect(await refused(signIn())).toBe("wrong_login");
  expect(await refused(people.contacts.act(alice, "request", bob.email))).toBe("invalid_token");
});

test("only what changes who is a contact is news of contacts", async () => {
  const [alice, bob] = [await who((await signUp()).token), await who((await signUp("bob@example.com")).token)];
  await people.contacts.act(alice, "request", bob.email);
  await people.contacts.act(bob, "decline", alice.email);
  await people.contacts.act(alice, "request", bob.email);
  expect(people.heard).toEqual([]);
  const order: number = expect.any(Number);
  await people.contacts.act(bob, "request", alice.email);
  await people.contacts.act(bob, "accept", alice.email);
  await people.contacts.act(alice, "block", bob.email);
  await people.contacts.act(alice, "unblock", bob.email);
  expect(people.heard).toEqual([
    { type: "contacts", emails: [bob.email, alice.email], change: { who: bob.email, are: true, order } },
    { type: "contacts", emails: [alice.email, bob.email], change: { who: alice.email, are: false, order } },
  ]);
  const [become, parted] = people.heard as ContactNews[];
  expect(parted!.change!.order).toBeGreaterThan(become!.change!.order);
  expect(await refused(people.contacts.act(alice, "request", alice.email))).toBe("own_address");
});

test("what is past its time is swept, however much it is", async () => {
  await signUp();
  const hash = (await records.accounts.find(ALICE.email))!.passwordHash;
  for (let at = 0; at < 1100; at++) {
    const token = { id: `${at}`, digest: `${at}`, email: ALICE.email, name: null, userAgent: null };
    const times = { createdAt: 1, expiresAt: 2 };
    await records.tokens.issue({ ...token, ...times }, { from: hash, to: hash }, 5_000);
  }
  await people.accounts.sweep();
  const left = await records.store.read((db) => db.selectFrom("tokens").select("id").execute());
  expect(left).toHaveLength(1);
});
