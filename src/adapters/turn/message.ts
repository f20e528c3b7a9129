import { createHmac, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";

/** The methods this client uses (RFC 8489, 18.2; RFC 8656, 17). */
export const Method = { binding: 0x001, allocate: 0x003, refresh: 0x004 } as const;

/** The attributes this client uses (RFC 8489, 18.3; RFC 8656, 18). */
export const AttributeType = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedTransport: 0x0019,
  xorMappedAddress: 0x0020,
  fingerprint: 0x8028,
} as const;

export type MessageClass = "request" | "indication" | "success" | "error";

export interface Attribute {
  readonly type: number;
  readonly value: Uint8Array;
}

/** A STUN message (RFC 8489, 5). MESSAGE-INTEGRITY and FINGERPRINT are added by {@link encodeMessage}. */
export interface StunMessage {
  readonly method: number;
  readonly class: MessageClass;
  /** 12 bytes. */
  readonly transactionId: Uint8Array;
  readonly attributes: readonly Attribute[];
}

export const HEADER_LENGTH = 20;
const MAGIC_COOKIE = 0x2112a442;
const INTEGRITY_LENGTH = 20;
const FINGERPRINT_XOR = 0x5354554e;
const classes: readonly MessageClass[] = ["request", "indication", "success", "error"];

/** Writes a message; with `key` a MESSAGE-INTEGRITY (HMAC-SHA1) follows the attributes. FINGERPRINT comes last. */
export function encodeMessage(message: StunMessage, options: { key?: Uint8Array; fingerprint?: boolean } = {}): Buffer {
  const header = Buffer.alloc(HEADER_LENGTH);
  header.writeUInt16BE(typeField(message.method, message.class), 0);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  header.set(message.transactionId, 8);
  let bytes = Buffer.concat([header, ...message.attributes.map(encodeAttribute)]);
  setLength(bytes);
  if (options.key !== undefined) {
    const value = integrity(bytes, bytes.length, options.key);
    bytes = Buffer.concat([bytes, encodeAttribute({ type: AttributeType.messageIntegrity, value })]);
    setLength(bytes);
  }
  if (options.fingerprint ?? true) {
    const value = Buffer.alloc(4);
    bytes = Buffer.concat([bytes, encodeAttribute({ type: AttributeType.fingerprint, value })]);
    setLength(bytes);
    bytes.writeUInt32BE(fingerprint(bytes.subarray(0, -8)), bytes.length - 4);
  }
  return bytes;
}

/** Reads one whole message; null if the bytes are anything else, a wrong FINGERPRINT included. */
export function decodeMessage(bytes: Buffer): StunMessage | null {
  if (bytes.length < HEADER_LENGTH || messageLength(bytes) !== bytes.length) return null;
  const attributes: Attribute[] = [];
  for (const { type, value, at } of attributesOf(bytes)) {
    if (value === null) return null;
    if (type === AttributeType.fingerprint) {
      if (value.length !== 4 || value.readUInt32BE(0) !== fingerprint(bytes.subarray(0, at))) return null;
    }
    attributes.push({ type, value });
  }
  const type = bytes.readUInt16BE(0);
  return {
    method: (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2),
    class: classes[((type & 0x0010) >> 4) | ((type & 0x0100) >> 7)]!,
    transactionId: bytes.subarray(8, HEADER_LENGTH),
    attributes,
  };
}

/**
 * How long the message that starts here is, in bytes, header included; null if no STUN message starts here.
 * Needs the first 8 bytes: over a stream this is what tells messages apart.
 */
export function messageLength(bytes: Buffer): number | null {
  const length = bytes.readUInt16BE(2);
  const isStun = (bytes[0]! & 0xc0) === 0 && length % 4 === 0 && bytes.readUInt32BE(4) === MAGIC_COOKIE;
  return isStun ? HEADER_LENGTH + length : null;
}

/** True if the message carries a MESSAGE-INTEGRITY that this key made over everything before it (RFC 8489, 14.5). */
export function hasIntegrity(bytes: Buffer, key: Uint8Array): boolean {
  for (const { type, value, at } of attributesOf(bytes)) {
    if (type !== AttributeType.messageIntegrity) continue;
    return value?.length === INTEGRITY_LENGTH && timingSafeEqual(value, integrity(bytes, at, key));
  }
  return false;
}

/** The first attribute of a type. */
export function attribute(message: StunMessage, type: number): Uint8Array | undefined {
  return message.attributes.find((one) => one.type === type)?.value;
}

function typeField(method: number, messageClass: MessageClass): number {
  const bits = classes.indexOf(messageClass);
  const spread = (method & 0x000f) | ((method & 0x0070) << 1) | ((method & 0x0f80) << 2);
  return spread | ((bits & 1) << 4) | ((bits & 2) << 7);
}

function encodeAttribute({ type, value }: Attribute): Buffer {
  const bytes = Buffer.alloc(4 + padded(value.length));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  bytes.set(value, 4);
  return bytes;
}

/** Walks over the attributes; a null value: the bytes end within this one. */
function* attributesOf(bytes: Buffer): Generator<{ type: number; value: Buffer | null; at: number }> {
  for (let at = HEADER_LENGTH; at < bytes.length;) {
    const length = at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : Number.POSITIVE_INFINITY;
    const end = at + 4 + padded(length);
    if (end > bytes.length) {
      yield { type: -1, value: null, at };
      return;
    }
    yield { type: bytes.readUInt16BE(at), value: bytes.subarray(at + 4, at + 4 + length), at };
    at = end;
  }
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function setLength(bytes: Buffer): void {
  bytes.writeUInt16BE(bytes.length - HEADER_LENGTH, 2);
}

/** The HMAC counts the message up to `end` with a header that already announces the attribute itself. */
function integrity(bytes: Buffer, end: number, key: Uint8Array): Buffer {
  const covered = Buffer.from(bytes.subarray(0, end));
  covered.writeUInt16BE(end - HEADER_LENGTH + 4 + INTEGRITY_LENGTH, 2);
  return createHmac("sha1", key).update(covered).digest();
}

function fingerprint(before: Buffer): number {
  return (crc32(before) ^ FINGERPRINT_XOR) >>> 0;
}
