import { argon2, timingSafeEqual } from "node:crypto";
import { availableParallelism } from "node:os";
import { PasswordsBusy, type Passwords } from "../../ports/passwords.ts";
import type { Random } from "../../ports/random.ts";
import { readHash, writeHash, type Cost } from "./phc.ts";
import { Turnstile } from "./turnstile.ts";

/** What OWASP's cheat sheet on password storage asks of Argon2id at least: 19 MiB, two passes, one lane. */
const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 };

const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** Each takes a thread and COST's memory for some tens of ms. */
const MOST_AT_ONCE = 4;
/** A wait of a second or two; whoever would wait longer had better hear so. */
const MOST_WAITING = 128;

export interface Argon2Options {
  readonly random: Random;
  readonly cost?: Cost;
  readonly atOnce?: number;
  readonly waiting?: number;
}

/** Argon2id on the runtime's thread pool: the event loop goes on meanwhile. */
export function createArgon2Passwords(options: Argon2Options): Passwords {
  const {
    random,
    cost = COST,
    atOnce = Math.min(availableParallelism(), MOST_AT_ONCE),
    waiting = MOST_WAITING,
  } = options;
  const turnstile = new Turnstile({ most: atOnce, mostWaiting: waiting });
  const newSalt = (): Buffer => Buffer.from(random.token(SALT_BYTES), "base64url");
  /** Stands in for those who have no hash. Nobody knows a password for it: its key is chance. */
  const nobody = { ...cost, salt: newSalt(), key: Buffer.from(random.token(KEY_BYTES), "base64url") };

  const derive = (password: string, salt: Buffer, how: Cost, bytes: number): Promise<Buffer> => {
    if (turnstile.isFull) throw new PasswordsBusy();
    return turnstile.run(
      () =>
        new Promise((resolve, reject) => {
          const { memory, passes, parallelism } = how;
          argon2(
            "argon2id",
            { message: password, nonce: salt, memory, passes, parallelism, tagLength: bytes },
            (error, key) => (error === null ? resolve(key) : reject(error)),
          );
        }),
    );
  };

  return {
    async hash(password) {
      const salt = newSalt();
      return writeHash({ ...cost, salt, key: await derive(password, salt, cost, KEY_BYTES) });
    },
    async verify(password, hash) {
      const known = hash === null ? nobody : readHash(hash);
      const key = await derive(password, known.salt, known, known.key.length);
      const same = timingSafeEqual(key, known.key);
      if (!same || hash === null) return "wrong";
      const { memory, passes, parallelism } = known;
      const current = memory === cost.memory && passes === cost.passes && parallelism === cost.parallelism;
      return current && known.key.length === KEY_BYTES ? "good" : "stale";
    },
  };
}
