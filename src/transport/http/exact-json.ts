/** Digits of a whole number that is kept exact. Longer ones are rounded like fractions: no document has them. */
const MAX_DIGITS = 128;

/** What the language has but its types do not say yet (ECMAScript, JSON.parse source text access). */
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** What `JSON.parse` calls for every value; `source`: a number, text or word as it is written. */
export type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/**
 * Makes whole numbers that a double would round bigints. A number with a fraction that a double would lose becomes NaN,
 * so that nobody takes it for the whole number it is not; all others stay numbers.
 */
export const exactNumber: Reviver = (_key, value, context) =>
  Number.isInteger(value) ? exactly(value as number, context?.source ?? "") : value;

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
function exactly(value: number, source: string): number | bigint {
  // The most by far, which a double has exactly.
  if (/^-?\d{1,15}$/.test(source)) return value;
  const [, sign, whole, fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  if (whole === undefined) return value;
  const digits = withoutLastZeros(whole + fraction);
  if (digits === "") return value;
  const zeros = Number(exponent) + whole.length - digits.length;
  if (zeros < 0) return NaN;
  if (Number.isSafeInteger(value) || digits.length + zeros > MAX_DIGITS) return value;
  return BigInt(`${sign}${digits}${"0".repeat(zeros)}`);
}

/** In one pass: a pattern would look at each zero of a long row again and again. */
function withoutLastZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  return digits.slice(0, end);
}
