import { z } from "zod";
import { DomainError } from "../../core/errors/errors.ts";
import { MAX_DEPTH, parseJson } from "../../transport/http/json.ts";
import { sayWhatIsWrong } from "../../transport/http/validate.ts";

/** The longest room id, in characters. */
export const MAX_ROOM_ID = 256;

/** The query of the handshake. */
export const handshake = z.object({
  roomId: z.string().max(MAX_ROOM_ID, `at most ${MAX_ROOM_ID} characters`),
  resume: z.string().optional(),
  received: z
    .string()
    .regex(/^\d{1,15}$/, "must be a whole number")
    .transform(Number)
    .optional(),
});

export type Handshake = z.output<typeof handshake>;

/**
 * Reads what a connection asks for. An empty parameter counts as none; of a repeated one the first counts.
 *
 * @throws {DomainError} bad_message
 */
export function readHandshake(query: URLSearchParams): Handshake {
  const parameter = (name: string): string | undefined => query.get(name) || undefined;
  return check(handshake, {
    roomId: parameter("roomId"),
    resume: parameter("resume"),
    received: parameter("received"),
  });
}

/** The part of a peer's frame that concerns the server; any further fields are for the receiver. */
export const frame = z.object({
  type: z.enum(["offer", "answer", "ice-candidate", "bye"], "must be offer, answer, ice-candidate or bye"),
  to: z.string().optional(),
});

export interface Frame extends z.output<typeof frame> {
  /** Everything the peer wrote. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** @throws {DomainError} bad_message */
export function readFrame(text: string): Frame {
  const fields = readObject(text);
  return { ...check(frame, fields), fields };
}

const BYTE_ORDER_MARK = 0xfeff;

function readObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = parseJson(text);
    // The parser forgives a byte order mark, but the receiver's need not.
    if (isObject(value) && text.charCodeAt(0) !== BYTE_ORDER_MARK) return value;
  } catch {
    // Said below, the same for all.
  }
  throw new DomainError(
    "bad_message",
    `A frame is one JSON object, at most ${MAX_DEPTH} levels deep and without a "__proto__" key.`,
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new DomainError("bad_message", sayWhatIsWrong(result.error));
}
