/** Longer bodies are not looked for: they say more, and so each something else. In bytes. */
const LONGEST = 64;

/** A power of two. */
const PLACES = 64;

interface Known {
  readonly bytes: Uint8Array;
  readonly body: unknown;
}

/**
 * What short bodies of a route came to, by their bytes. Thousands may call it who have only a few things to say: each is
 * decoded, parsed and checked once, as long as no other takes its place. Bodies that were refused are never known.
 */
export class RecurringBodies {
  readonly #places: (Known | null)[] = Array.from({ length: PLACES }, () => null);

  /** Undefined: it is not known. */
  recall(bytes: Uint8Array): unknown {
    if (bytes.length > LONGEST) return undefined;
    const known = this.#places[placeOf(bytes)]!;
    return known !== null && areSame(known.bytes, bytes) ? known.body : undefined;
  }

  /** `body`: what others will be given as well, so that nobody can change it any more. */
  keep<Body>(bytes: Uint8Array, body: Body): Body {
    if (bytes.length <= LONGEST) this.#places[placeOf(bytes)] = { bytes, body: Object.freeze(body) };
    return body;
  }
}

function placeOf(bytes: Uint8Array): number {
  let hash = 0;
  for (let at = 0; at < bytes.length; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
  return hash & (PLACES - 1);
}

function areSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
