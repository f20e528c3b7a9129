/** What a decoded value may be at most. */
export interface WeightLimits {
  /** Levels of arrays and objects within each other. */
  readonly depth: number;
  /** About what it takes to send, in bytes. */
  readonly bytes: number;
}

/** Beside its content, each value takes a comma or a pair of brackets. */
const EACH = 2;

/**
 * True if `value` stays within the limits. Walks no further than they allow. Binary parts count each time they occur:
 * a small message that names one large part a thousand times is a large message. A `__proto__` key is within no limit:
 * whoever sends one either attacks or has a bug.
 */
export function isWithin(limits: WeightLimits, value: unknown): boolean {
  let left = limits.bytes;

  const walk = (part: unknown, depth: number): boolean => {
    left -= EACH;
    if (typeof part === "string") left -= part.length;
    else if (part instanceof ArrayBuffer || ArrayBuffer.isView(part)) left -= part.byteLength;
    else if (typeof part === "object" && part !== null) {
      if (depth === 0) return false;
      for (const key in part) {
        if (key === "__proto__") return false;
        left -= key.length;
        if (left < 0 || !walk(part[key as keyof typeof part], depth - 1)) return false;
      }
    }
    return left >= 0;
  };

  return walk(value, limits.depth);
}
