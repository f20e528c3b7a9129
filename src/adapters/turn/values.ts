import { createHash } from "node:crypto";
import { AttributeType, attribute, type Attribute, type StunMessage } from "./message.ts";

/** An address and port as a server reports them. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** An ERROR-CODE (RFC 8489, 14.8). */
export interface StunError {
  /** 300 to 699. */
  readonly code: number;
  readonly reason: string;
}

export const text = (type: number, value: string): Attribute => ({ type, value: Buffer.from(value, "utf8") });

export function uint32(type: number, number: number): Attribute {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(number);
  return { type, value };
}

/** The key of the long-term mechanism (RFC 8489, 9.2.2). What we issue is ASCII, which SASLprep leaves alone. */
export function longTermKey(username: string, realm: string, password: string): Buffer {
  return createHash("md5").update(`${username}:${realm}:${password}`).digest();
}

/** A text attribute; undefined if there is none. */
export function textOf(message: StunMessage, type: number): string | undefined {
  const value = attribute(message, type);
  return value === undefined ? undefined : Buffer.from(value).toString("utf8");
}

/** The ERROR-CODE; null if it is missing or broken. The reason is cut to what may be printed. */
export function errorOf(message: StunMessage): StunError | null {
  const value = attribute(message, AttributeType.errorCode);
  if (value === undefined || value.length < 4) return null;
  const code = (value[2]! & 0x07) * 100 + value[3]!;
  const reason = Buffer.from(value.subarray(4)).toString("utf8");
  // A server chooses this text, and it goes to a terminal.
  return { code, reason: reason.replace(/[^\x20-\x7e]/g, "").slice(0, 128) };
}

const IPV4 = 1;
const IPV6 = 2;
const COOKIE = Buffer.from([0x21, 0x12, 0xa4, 0x42]);

/** An address hidden by XOR (RFC 8489, 14.2); null if it is missing or broken. */
export function xorAddressOf(message: StunMessage, type: number): Endpoint | null {
  const value = attribute(message, type);
  if (value === undefined || value.length < 8) return null;
  const family = value[1];
  if (!(family === IPV4 && value.length === 8) && !(family === IPV6 && value.length === 20)) return null;
  const mask = Buffer.concat([COOKIE, message.transactionId]);
  const bytes = Buffer.from(value.subarray(4)).map((byte, index) => byte ^ mask[index]!);
  const port = ((value[2]! << 8) | value[3]!) ^ 0x2112;
  return { address: family === IPV4 ? bytes.join(".") : ipv6(bytes), port };
}

/** The shortest form; the URL parser of the platform writes it as RFC 5952 does. */
function ipv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[2 * at]! << 8) | bytes[2 * at + 1]!).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
