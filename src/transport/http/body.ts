import { parseJson, type JsonRules } from "./json.ts";
import { Refusal } from "./refusal.ts";

/** The most a JSON body may weigh, in bytes. */
export const MAX_BODY_BYTES = 64 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads the JSON of a body that has been received; an empty one is undefined.
 *
 * @throws {Refusal} body_too_large, bad_json
 */
export function readJson(bytes: Uint8Array, limit: number, rules?: JsonRules): unknown {
  mustFit(bytes, limit);
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
 * Reads a body of any kind, only as far as the limit (in bytes).
 *
 * @throws {Refusal} body_too_large, packed_body
 */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await receive(request, limit);
  mustFit(bytes, limit);
  return bytes;
}

/**
 * Waits for a body, and for nothing else: what is to be said against it already is thrown at once. One without a declared
 * length is received only as far as the limit (in bytes). One that is packed is not received: a few bytes could unpack to
 * any number.
 *
 * @throws {Refusal} body_too_large, packed_body
 */
export function receive(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const { headers } = request;
  const encoding = headers.get("content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity") throw new Refusal("packed_body");
  const declared = headers.get("content-length");
  if (declared !== null && Number(declared) > limit) throw tooLarge(limit);
  return declared === null ? readUpTo(limit, request.body) : request.bytes();
}

function mustFit(bytes: Uint8Array, limit: number): void {
  if (bytes.byteLength > limit) throw tooLarge(limit);
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
