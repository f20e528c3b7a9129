import { describe, expect, test } from "bun:test";
import { PasswordsBusy } from "../../ports/passwords.ts";
import { systemRandom } from "../system/random.ts";
import { createArgon2Passwords } from "./argon2.ts";
import { readHash, writeHash } from "./phc.ts";

const random = systemRandom;
/** Cheap enough for tests that are not about the cost. */
const cost = { memory: 64, passes: 1, parallelism: 1 };
const quick = createArgon2Passwords({ random, cost });

describe("passwords by Argon2id", () => {
  test("are hashed at the cost that OWASP asks for, and known again", async () => {
    const passwords = createArgon2Passwords({ random });
    const hash = await passwords.hash("correct horse");
    expect(hash).toStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
    expect(await passwords.verify("correct horse", hash)).toBe("good");
    expect(await passwords.verify("correct horsf", hash)).toBe("wrong");
  });

  test("are what another implementation makes of them", async () => {
    expect(await Bun.password.verify("pässwörd 🦊", await quick.hash("pässwörd 🦊"))).toBe(true);
    const theirs = await Bun.password.hash("pässwörd 🦊", { algorithm: "argon2id", memoryCost: 64, timeCost: 1 });
    expect(await quick.verify("pässwörd 🦊", theirs)).toBe("good");
  });

  test("never have the same hash twice", async () => {
    expect(await quick.hash("same")).not.toBe(await quick.hash("same"));
  });

  test("with a hash that is made otherwise by now are good, and said to be stale", async () => {
    const dearer = createArgon2Passwords({ random, cost: { ...cost, passes: 2 } });
    const hash = await quick.hash("correct");
    expect(await dearer.verify("correct", hash)).toBe("stale");
    expect(await dearer.verify("wrong", hash)).toBe("wrong");
  });

  test("without a hash are wrong, whatever they are", async () => {
    expect(await quick.verify("anything", null)).toBe("wrong");
  });

  test("whose hash is of another kind are an error that does not show it", async () => {
    await expect(quick.verify("x", "plain text")).rejects.toThrow(/^a stored password hash is none of Argon2id$/);
  });

  test("leave the event loop alone while they are hashed", async () => {
    const passwords = createArgon2Passwords({ random, cost: { ...cost, memory: 65_536 } });
    let turns = 0;
    let done = false;
    const turn = (): void => void (done || setImmediate(() => (turns++, turn())));
    turn();
    await passwords.hash("slow");
    done = true;
    expect(turns).toBeGreaterThan(5);
  });

  test("wait in a bounded line, past which they are refused at once", async () => {
    const narrow = createArgon2Passwords({ random, cost, atOnce: 2, waiting: 3 });
    const outcomes = await Promise.allSettled(Array.from({ length: 9 }, () => narrow.hash("x")));
    expect(outcomes.map(({ status }) => status).slice(0, 5)).toEqual(Array.from({ length: 5 }, () => "fulfilled"));
    const refused = outcomes.filter((one) => one.status === "rejected");
    expect(refused).toHaveLength(4);
    expect(refused.every(({ reason }) => reason instanceof PasswordsBusy)).toBe(true);
    expect(await narrow.verify("x", await narrow.hash("x"))).toBe("good");
  });

  test("that fail make room for the next", async () => {
    const broken = createArgon2Passwords({ random, cost: { ...cost, memory: 1 }, atOnce: 1, waiting: 1 });
    for (let at = 0; at < 3; at++) await expect(broken.hash("x")).rejects.not.toBeInstanceOf(PasswordsBusy);
  });
});

test("a hash is written and read in the PHC string format", () => {
  const hash = { memory: 19_456, passes: 2, parallelism: 1, salt: Buffer.alloc(16, 1), key: Buffer.alloc(32, 2) };
  const text = `$argon2id$v=19$m=19456,t=2,p=1$AQEBAQEBAQEBAQEBAQEBAQ$${"AgIC".repeat(10)}AgI`;
  expect(writeHash(hash)).toBe(text);
  expect(readHash(text)).toEqual(hash);
});
