import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import type { Clock } from "../../ports/clock.ts";

/** The issuer's keys could not be fetched. */
export class KeysAway extends Error {
  constructor(cause: unknown) {
    super("the issuer's keys are out of reach", { cause });
    this.name = "KeysAway";
  }
}

type LocalKeys = ReturnType<typeof createLocalJWKSet>;

/** How long fetched keys are used. A key the issuer withdraws is good for no longer than this, in ms. */
const MAX_AGE_MS = 10 * 60_000;

/** How soon a token with an unknown key may make us fetch again: whoever invents key ids must not make us a nuisance. */
const COOLDOWN_MS = 30_000;

/** How long a failed fetch stands before the next, in ms. */
const PAUSE_MS = 5_000;

/** How long one fetch may take, in ms. */
const TIMEOUT_MS = 5_000;

/**
 * The keys that an issuer publishes (RFC 7517), fetched when first needed, kept, and fetched again when they are old or
 * a token names one that is not there: so the issuer can rotate them.
 *
 * @throws {KeysAway} from the getter, whenever it would have to guess
 */
export function createKeySet({ url, clock }: { readonly url: string; readonly clock: Clock }): JWTVerifyGetKey {
  let keys: LocalKeys | null = null;
  let fetchedAt = 0;
  let failed: { readonly at: number; readonly cause: unknown } | null = null;
  let pending: Promise<LocalKeys> | null = null;

  const load = async (): Promise<LocalKeys> => {
    try {
      keys = createLocalJWKSet(await fetchKeys(url));
      fetchedAt = clock.now();
      failed = null;
      return keys;
    } catch (cause) {
      failed = { at: clock.now(), cause };
      throw new KeysAway(cause);
    } finally {
      pending = null;
    }
  };
  /** All who need the keys at once wait for one fetch. */
  const reload = async (): Promise<LocalKeys> => {
    if (failed !== null && clock.now() < failed.at + PAUSE_MS) throw new KeysAway(failed.cause);
    return (pending ??= load());
  };

  return async (header, token) => {
    const current = keys === null || clock.now() >= fetchedAt + MAX_AGE_MS ? await reload() : keys;
    try {
      return await current(header, token);
    } catch (error) {
      const cooling = clock.now() < fetchedAt + COOLDOWN_MS;
      if (!(error instanceof errors.JWKSNoMatchingKey) || cooling) throw error;
      return (await reload())(header, token);
    }
  };
}

/** No redirects: the operator named the place, nobody else does. */
async function fetchKeys(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    headers: { accept: "application/jwk-set+json, application/json" },
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status !== 200) throw new Error(`the key set was answered with ${response.status}`);
  return (await response.json()) as JSONWebKeySet;
}
