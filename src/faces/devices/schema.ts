import { z } from "zod";
import { DomainError } from "../../core/errors/errors.ts";
import { readJson, type ReadJson } from "../../transport/http/json.ts";
import { membersOf } from "../../transport/http/json-members.ts";
import { sayWhatIsWrong } from "../../transport/http/validate.ts";

/** The longest address, and the longest id or name of a device, in characters. */
const MAX_EMAIL = 320;
const MAX_NAME = 256;

/** Left out counts as empty: the document's own short examples leave fields out. */
const field = (max: number) =>
  z
    .string()
    .max(max, `must be at most ${max} characters`)
    .nullish()
    .transform((text) => text ?? "");

/** The longest each field may be, in characters. */
const LONGEST = {
  from_email: MAX_EMAIL,
  from_token: 16_384,
  from_device: MAX_NAME,
  to_email: MAX_EMAIL,
  to_device: MAX_NAME,
  event: MAX_NAME,
} as const;

export const message = z.object({
  from_email: field(LONGEST.from_email),
  from_token: field(LONGEST.from_token),
  from_device: field(LONGEST.from_device),
  to_email: field(LONGEST.to_email),
  to_device: field(LONGEST.to_device),
  event: field(LONGEST.event),
  payload: z.unknown().optional(),
});

export type Message = z.output<typeof message>;

/** What a device may say of itself when it registers. */
export const about = z.object({
  device_name: z.string().max(MAX_NAME, `must be at most ${MAX_NAME} characters`).nullish(),
  device_type: z.string().max(MAX_NAME, `must be at most ${MAX_NAME} characters`).nullish(),
});

const BYTE_ORDER_MARK = 0xfeff;

/** A message as it was read. */
export interface ReadMessage {
  readonly message: Message;
  /** True if its receiver gets the text just as it is: there is no token in it, and nothing stands there twice. */
  readonly isForwardable: boolean;
}

/** @throws {DomainError} bad_message, saying what is wrong */
export function readMessage(text: string): ReadMessage {
  // The parser forgives a byte order mark, but the receiver's need not.
  if (text.charCodeAt(0) === BYTE_ORDER_MARK) throw new DomainError("bad_message", "a byte order mark");
  let read: ReadJson;
  try {
    read = readJson(text);
  } catch (error) {
    const said = (error as Error).message.replace(/^The body (is not valid JSON: )?/, "");
    throw new DomainError("bad_message", said);
  }
  const given = asItIs(read.value);
  if (given === null) return { message: check(message, read.value), isForwardable: false };
  // What stands there twice is in the text twice, and once in what was parsed.
  const isForwardable = given.from_token === "" && Object.keys(given).length === read.shape.members;
  return { message: given, isForwardable };
}

/** The shortcut of nearly every message: one with all its fields is what the schema would make of it. Null for others. */
function asItIs(value: unknown): Message | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const given = value as Record<keyof typeof LONGEST, unknown>;
  const isWhole =
    isShort(given.from_email, LONGEST.from_email) &&
    isShort(given.from_token, LONGEST.from_token) &&
    isShort(given.from_device, LONGEST.from_device) &&
    isShort(given.to_email, LONGEST.to_email) &&
    isShort(given.to_device, LONGEST.to_device) &&
    isShort(given.event, LONGEST.event);
  return isWhole ? (given as Message) : null;
}

function isShort(text: unknown, max: number): boolean {
  return typeof text === "string" && text.length <= max;
}

/** @throws {DomainError} bad_message */
export function readAbout(payload: unknown): { readonly name: string | null; readonly type: string | null } {
  const isObject = typeof payload === "object" && payload !== null && !Array.isArray(payload);
  const { device_name, device_type } = check(about, isObject ? payload : {});
  return { name: device_name ?? null, type: device_type ?? null };
}

/** The fields a message is routed by, and the one that nobody but the server may read. */
const ENVELOPE: ReadonlySet<string> = new Set(Object.keys(message.shape));

/**
 * The text as its receiver gets it: as it was sent, but for the token. A field of the envelope that stands there twice
 * is refused, because the receiver's parser may take the one that was not checked.
 *
 * @throws {DomainError} bad_message
 */
export function forwardable(text: string): string {
  const seen = new Set<string>();
  let forwarded = text;
  for (const { key, start, end } of membersOf(text).toReversed()) {
    if (!ENVELOPE.has(key)) continue;
    if (seen.has(key)) throw new DomainError("bad_message", `duplicate field ${key}`);
    seen.add(key);
    if (key === "from_token" && end - start > 2) forwarded = `${text.slice(0, start)}""${text.slice(end)}`;
  }
  return forwarded;
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new DomainError("bad_message", sayWhatIsWrong(result.error).replace(/^body /, "a message "));
}
