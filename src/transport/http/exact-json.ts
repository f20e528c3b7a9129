/** Digits of a whole number that is kept exact. Longer ones are rounded like fractions: no document has them. */
const MAX_DIGITS = 128;

/** What the language has but its types do not say yet (ECMAScript, JSON.parse source text access). */
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** What `JSON.parse` calls for every value; `source`: a number, text or word as it is written. */
export type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/** Makes whole numbers that a double would round bigints; all others stay numbers. */
export const exactNumber: Reviver = (_key, value, context) =>
  typeof value === "number" && !isExact(value) ? (wholeNumber(context?.source ?? "") ?? value) : value;

/**
 * False if no number in the text can be beyond 2^53. Digits after a point do not count, so that measurements, of which
 * there are many, are parsed without a reviver: that takes three times as long.
 */
export function mayHoldLargeNumbers(text: string): boolean {
  return /(?<![.\d])\d{16}|\d[eE]\+?\d/.test(text);
}

/** Writes each bigint as a number with all its digits. */
export function writeExactJson(body: unknown): string {
  return JSON.stringify(body, (_key, value: unknown) => (typeof value === "bigint" ? rawJSON(`${value}`) : value));
}

/** Whole numbers up to 2^53 and fractions below it are what they seem. */
function isExact(value: number): boolean {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

/** The number that a JSON token stands for, if that is a whole one: `1e21` and `12.50e20` are, too. */
function wholeNumber(source: string): bigint | null {
  const [, sign, whole, fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  if (whole === undefined) return null;
  const digits = fraction.replace(/0+$/, "");
  const zeros = Number(exponent) - digits.length;
  if (zeros < 0 || whole.length + digits.length + zeros > MAX_DIGITS) return null;
  return BigInt(`${sign}${whole}${digits}${"0".repeat(zeros)}`);
}
