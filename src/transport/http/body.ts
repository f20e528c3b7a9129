import { parseJson, type JsonRules } from "./json.ts";
import { Refusal } from "./refusal.ts";

/** The most a JSON body may weigh, in bytes. */
export const MAX_BODY_BYTES = 64 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });

export interface ReadOptions {
  /** In bytes. */
  readonly limit?: number | undefined;
  readonly rules?: JsonRules | undefined;
}

/**
 * Reads a JSON body; an empty one is undefined. A body without a declared length is read only as far as the limit.
 *
 * @throws {Refusal} body_too_large, packed_body, bad_json
 */
export async function readJson(
  request: Request,
  { limit = MAX_BODY_BYTES, rules }: ReadOptions = {},
): Promise<unknown> {
  const bytes = await readBytes(request, limit);
  if (bytes.byteLength === 0) return undefined;
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new Refusal("bad_json", "The body is not valid UTF-8.");
  }
  return parseJson(text, rules);
}

/**
 * Reads a body of any kind, only as far as the limit (in bytes). One that is packed is not read: a few bytes could
 * unpack to any number.
 *
 * @throws {Refusal} body_too_large, packed_body
 */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity") throw new Refusal("packed_body");
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > limit) throw tooLarge(limit);
  const bytes = declared === null ? await readUpTo(limit, request.body) : await request.bytes();
  if (bytes.byteLength > limit) throw tooLarge(limit);
  return bytes;
}

function tooLarge(limit: number): Refusal {
  return new Refusal("body_too_large", `The body is larger than ${limit} bytes.`);
}

async function readUpTo(limit: number, body: Request["body"]): Promise<Uint8Array<ArrayBuffer>> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
