import { isStorable } from "../../core/text/storable.ts";
import { z } from "zod";
import { RoundedNumber } from "../../transport/http/exact-json.ts";

/**
 * Building blocks of this face's schemas. How they name what is wrong is the document's world's, pydantic's. What they
 * take is close to its lax mode; the README says where numbers differ.
 */

/** The largest number of the chain: uint256. */
const MAX_UINT256 = 2n ** 256n - 1n;

export type Context = Parameters<Parameters<z.ZodType["transform"]>[0]>[1];

function fail(ctx: Context, kind: string, message: string, context?: Readonly<Record<string, unknown>>): never {
  ctx.addIssue({ code: "custom", message, params: { kind, context } });
  return z.NEVER;
}

/** Text that is a whole number: no point, no exponent, and not without end. */
export function isWhole(text: string): boolean {
  return /^\s*[+-]?\d{1,128}\s*$/.test(text);
}

/** Text that is a number. */
export function isDecimal(text: string): boolean {
  return /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(text);
}

/** The nearest double of a number; NaN: it is none. */
export function nearestOf(value: unknown): number {
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  return value instanceof RoundedNumber ? value.nearest : NaN;
}

/** A field that must be there, read by `read`. `described`: its JSON Schema. */
export function field<Value>(described: z.core.GlobalMeta & object, read: (value: unknown, ctx: Context) => Value) {
  return z
    .unknown()
    .meta(described)
    .transform((value, ctx) => (value === undefined ? fail(ctx, "missing", "Field required") : read(value, ctx)));
}

/** A field that may be left out or null, and then is null. */
function orNull<Value>(schema: z.ZodType<Value>) {
  return schema.nullish().transform((value) => value ?? null);
}

/** Text of so many characters, fit for every store. */
const line = (least: 0 | 1, most: number) =>
  field({ type: "string", minLength: least, maxLength: most }, (value, ctx) => {
    if (typeof value !== "string") return fail(ctx, "string_type", "Input should be a valid string");
    // A character is one code unit or two: only around the bound has anybody to count.
    const isClose = value.length > most && value.length <= 2 * most;
    const length = isClose ? Array.from(value).length : value.length;
    if (length < least) {
      return fail(ctx, "string_too_short", `String should have at least ${least} character`, { min_length: least });
    }
    if (length > most) {
      return fail(ctx, "string_too_long", `String should have at most ${most} characters`, { max_length: most });
    }
    if (!isStorable(value)) {
      return fail(ctx, "value_error", "Value error, text must be valid Unicode without U+0000");
    }
    return value;
  });

/** The JSON Schema of a whole number. Its bounds are read as doubles, so that one beyond 2^53 can only be told. */
const describedWhole = (least: bigint, most: bigint) => ({
  type: "integer" as const,
  minimum: Number(least),
  ...(most > Number.MAX_SAFE_INTEGER ? { description: "Exact, at most 2^256 - 1." } : { maximum: Number(most) }),
});

/** A whole number, however large. */
const whole = (least: bigint, most: bigint) =>
  field(describedWhole(least, most), (value, ctx) => {
    const number = readWhole(value, ctx);
    if (typeof number !== "bigint") return number;
    if (number < least) {
      return fail(ctx, "greater_than_equal", `Input should be greater than or equal to ${least}`, { ge: least });
    }
    if (number > most) {
      return fail(ctx, "less_than_equal", `Input should be less than or equal to ${most}`, { le: most });
    }
    return number;
  });

function readWhole(value: unknown, ctx: Context): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "string") {
    if (isWhole(value)) return BigInt(value.trim().replace(/^\+/, ""));
    return fail(ctx, "int_parsing", "Input should be a valid integer, unable to parse string as an integer");
  }
  if (typeof value !== "number" && !(value instanceof RoundedNumber)) {
    return fail(ctx, "int_type", "Input should be a valid integer");
  }
  if (!Number.isFinite(nearestOf(value))) return fail(ctx, "finite_number", "Input should be a finite number");
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  return fail(ctx, "int_from_float", "Input should be a valid integer, got a number with a fractional part");
}

/** A number that is not negative. */
const amount = field({ type: "number", minimum: 0 }, (value, ctx) => {
  if (typeof value === "string" && !isDecimal(value)) {
    return fail(ctx, "float_parsing", "Input should be a valid number, unable to parse string as a number");
  }
  const number = typeof value === "string" ? Number(value) : nearestOf(value);
  if (Number.isNaN(number)) return fail(ctx, "float_type", "Input should be a valid number");
  if (!Number.isFinite(number)) return fail(ctx, "finite_number", "Input should be a finite number");
  if (number < 0) return fail(ctx, "greater_than_equal", "Input should be greater than or equal to 0", { ge: 0 });
  return number;
});

/** A list of so many at most. */
export function list<Value>(of: z.ZodType<Value>, most: number) {
  const { $schema: _, ...items } = z.toJSONSchema(of, { io: "input", unrepresentable: "any" });
  const asList = field({ type: "array", maxItems: most, items }, (value, ctx) => {
    if (!Array.isArray(value)) return fail(ctx, "list_type", "Input should be a valid list");
    if (value.length <= most) return value as unknown[];
    return fail(ctx, "too_long", `List should have at most ${most} items after validation, not ${value.length}`, {
      field_type: "List",
      max_length: most,
      actual_length: value.length,
    });
  });
  return asList.pipe(z.array(of));
}

export const fields = {
  connectCode: line(1, 64),
  queueId: line(1, 64),
  name: orNull(line(0, 256)),
  /** Checked only when it is to sign. */
  wallet: orNull(line(0, 256)),
  agentId: orNull(whole(0n, MAX_UINT256)),
  outcome: line(0, 256),
  duration: orNull(amount),
  /** uint8 in the contract. */
  stocks: orNull(whole(0n, 255n).transform(Number)),
  uint256: whole(0n, MAX_UINT256),
  stage: whole(-1n, 65_535n).transform(Number),
  port: whole(0n, 255n).transform(Number),
  portOrNull: orNull(whole(0n, 255n).transform(Number)),
  character: orNull(whole(-1n, 65_535n).transform(Number)),
  code: orNull(line(0, 64)),
  /** A match of more games than this is none. */
  game: whole(1n, 99n).transform(Number),
  score: orNull(list(whole(0n, 255n).transform(Number), 4)),
  address: line(1, 256),
  signature: line(1, 1024),
};

/** The id of an agent as a path has it. */
export const agentIdInPath = z.object({ agent_id: whole(0n, MAX_UINT256) });

/** The most entries one list brings, and what it brings unless told. */
const [MAX_PAGE, PAGE] = [100, 50];

const parameter = (least: number, most: number, fallback: number) =>
  whole(BigInt(least), BigInt(most))
    .transform(Number)
    .optional()
    .transform((value) => value ?? fallback);

export const pageQuery = z.object({
  limit: parameter(1, MAX_PAGE, PAGE),
  offset: parameter(0, 1_000_000_000, 0),
});
