import fc from "fast-check";

/** Texts that have broken parsers, comparisons, stores or logs somewhere. */
const TEXTS = [
  "",
  " ",
  "0",
  "-0",
  "-1",
  "1e309",
  "-1e-400",
  "NaN",
  "Infinity",
  "0x10",
  "1_000",
  "9007199254740993",
  "115792089237316195423570985008687907853269984665640564039457584007913129639936",
  "true",
  "null",
  "undefined",
  "[object Object]",
  "__proto__",
  "constructor",
  "prototype",
  "hasOwnProperty",
  "toString",
  "then",
  "..",
  "../../etc/passwd",
  "%00",
  "%2e%2e%2f",
  "%E0%A4%A",
  "a\u0000b",
  "\u0000",
  "\uFEFF",
  "\u202Eabc",
  "\u{1F469}\u200D\u{1F469}\u200D\u{1F467}",
  "e\u0301\u0301\u0301",
  "\uD800",
  "\uDC00\uD800",
  "\r\n\r\nGET / HTTP/1.1\r\n",
  "'; DROP TABLE hosts; --",
  '" OR 1=1 --',
  "${7*7}",
  "{{7*7}}",
  "{tag}",
  "*",
  "?",
  "$",
  "\\",
  '"',
  "<script>alert(1)</script>",
  "host:*",
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
  "x".repeat(256),
  "x".repeat(257),
  "\u{1F600}".repeat(200),
  "x".repeat(5_000),
] as const;

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.1,
  -123,
  -124,
  100,
  100.01,
  255,
  256,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  1e21,
  1e300,
  5e-324,
] as const;

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
);

export const hostileNumber: fc.Arbitrary<number> = fc.constantFrom(...NUMBERS);

/** Anything that JSON can say, the likes of which no schema asks for. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 3, arbitrary: hostileNumber },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { "": null }) },
  { weight: 1, arbitrary: fc.array(hostileNumber, { maxLength: 12 }) },
  { weight: 1, arbitrary: fc.dictionary(hostileText, hostileNumber, { maxKeys: 4 }) },
);

/** JSON as text that `JSON.stringify` would never write. */
const FRAGMENTS = [
  "NaN",
  "-Infinity",
  "1e400",
  "-1e400",
  "01",
  "1.",
  ".5",
  "0x1f",
  "115792089237316195423570985008687907853269984665640564039457584007913129639935",
  "1e100000000",
  `0.${"0".repeat(400)}1`,
  "'single'",
  "undefined",
  '"\\ud800"',
  '"\\u0000"',
  '"\\x41"',
  '"unterminated',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"\\u005f_proto__":null}',
  `${"[".repeat(31)}${"]".repeat(31)}`,
  `${"[".repeat(33)}${"]".repeat(33)}`,
  "[".repeat(20_000),
  `${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}`,
  "/* comment */ 1",
  "[1,]",
  '{"a":1,}',
  "",
] as const;

/** Makes a value that is nearly what was asked for, as text: one thing about it is wrong. */
export function nearly(valid: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc
    .tuple(valid, fc.nat(9), fc.nat(10_000), hostileValue, hostileText, fc.constantFrom(...FRAGMENTS))
    .map(([value, kind, at, other, name, fragment]) => {
      switch (kind) {
        case 0:
        case 1:
        case 2:
          return JSON.stringify(replaced(value, at, () => other)) ?? "";
        case 3:
          return JSON.stringify(replaced(value, at, () => undefined)) ?? "";
        case 4:
          return JSON.stringify(withMember(value, name, other)) ?? "";
        case 5:
          return JSON.stringify(replaced(value, at, () => MARK))?.replace(`"${MARK}"`, () => fragment) ?? "";
        case 6:
          return twice(JSON.stringify(value) ?? "", JSON.stringify(other) ?? "null");
        case 7:
          return cut(JSON.stringify(value) ?? "", at);
        case 8:
          return spoilt(JSON.stringify(value) ?? "", at, fragment);
        default:
          return JSON.stringify(replaced(value, at, () => "x".repeat(at * 12)) ?? null);
      }
    });
}

const MARK = "\uE100";

/** The value with the one of its parts that `at` hits, itself among them, in another form. */
function replaced(value: unknown, at: number, make: (part: unknown) => unknown): unknown {
  const paths: (readonly (string | number)[])[] = [];
  const walk = (part: unknown, path: readonly (string | number)[]): void => {
    paths.push(path);
    if (typeof part !== "object" || part === null) return;
    for (const [key, inner] of Object.entries(part)) walk(inner, [...path, Array.isArray(part) ? Number(key) : key]);
  };
  walk(value, []);
  // The whole of it is the least of what can be wrong.
  const path = paths[paths.length === 1 ? 0 : 1 + (at % (paths.length - 1))]!;
  const change = (part: any, [step, ...rest]: readonly (string | number)[]): unknown => {
    if (step === undefined) return make(part);
    const inner = change(part[step], rest);
    if (Array.isArray(part)) return part.map((one, index) => (index === step ? inner : one));
    return { ...part, [step]: inner };
  };
  return change(value, path);
}

function withMember(value: unknown, name: string, other: unknown): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value, [name]: other } : [value];
}

/** The first member stands there again, with another value. */
function twice(text: string, other: string): string {
  const key = /^\{("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  return key === undefined ? text + text : `${text.slice(0, -1)},${key}:${other}}`;
}

function cut(text: string, at: number): string {
  return text.slice(0, text.length === 0 ? 0 : at % text.length);
}

function spoilt(text: string, at: number, fragment: string): string {
  const where = text.length === 0 ? 0 : at % text.length;
  return text.slice(0, where) + fragment + text.slice(where + 1);
}
