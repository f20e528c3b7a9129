/** Digits of a whole number that is kept exact. Longer ones are rounded like fractions: no document has them. */
const MAX_DIGITS = 128;

/** What the language has but its types do not say yet (ECMAScript, JSON.parse source text access). */
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** What `JSON.parse` calls for every value; `source`: a number, text or word as it is written. */
export type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/**
 * A number that no double shows, though the nearest one looks as if it did: a fraction that would become a whole number,
 * or more than there are doubles for. It is written as it came.
 */
export class RoundedNumber {
  /** The nearest double, which may be infinite. */
  readonly nearest: number;
  /** As it was written. */
  readonly source: string;

  constructor(nearest: number, source: string) {
    this.nearest = nearest;
    this.source = source;
  }

  toJSON(): unknown {
    return rawJSON(this.source);
  }
}

/**
 * Makes whole numbers that a double would round bigints, and what is no whole number but would become one, or infinite, a
 * {@link RoundedNumber}, so that nobody takes it for what it is not; all others stay numbers.
 */
export const exactNumber: Reviver = (_key, value, context) =>
  typeof value === "number" && (Number.isInteger(value) || !Number.isFinite(value))
    ? exactly(value, context?.source ?? "")
    : value;

/**
 * False if every number in the text is what its double shows. A few digits after a point do not count, so that
 * measurements, of which there are many, are parsed without a reviver: that takes three times as long.
 */
export function mayRound(text: string): boolean {
  return /(?<![.\d])\d{16}|\.\d{20}|\d[eE][+-]?\d/.test(text);
}

/** Writes each bigint as a number with all its digits. */
export function writeExactJson(body: unknown): string {
  return JSON.stringify(body, (_key, value: unknown) => (typeof value === "bigint" ? rawJSON(`${value}`) : value));
}

/** What a token stands for that a double shows as a whole number: `1e21` and `12.50e20` are whole, too. */
function exactly(value: number, source: string): number | bigint | RoundedNumber {
  // The most by far, which a double has exactly.
  if (/^-?\d{1,15}$/.test(source)) return value;
  const [, sign, whole, fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  if (whole === undefined) return value;
  if (!Number.isFinite(value)) return new RoundedNumber(value, source);
  const digits = withoutLastZeros(whole + fraction);
  if (digits === "") return value;
  const zeros = Number(exponent) + whole.length - digits.length;
  if (zeros < 0) return new RoundedNumber(value, source);
  if (Number.isSafeInteger(value) || digits.length + zeros > MAX_DIGITS) return value;
  return BigInt(`${sign}${digits}${"0".repeat(zeros)}`);
}

/** In one pass: a pattern would look at each zero of a long row again and again. */
function withoutLastZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  return digits.slice(0, end);
}
