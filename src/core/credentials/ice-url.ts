import { isIPv4, isIPv6 } from "node:net";

/** Where a STUN or TURN server is and how to speak to it (RFC 7064, RFC 7065). */
export interface IceUrl {
  /** The URL as it was written, without blanks around it; this is what peers are given. */
  readonly text: string;
  /** `stuns` and `turns` run over TLS, or DTLS where `transport` is udp. */
  readonly scheme: "stun" | "stuns" | "turn" | "turns";
  /** A name or an address; an IPv6 address stands without its brackets. */
  readonly host: string;
  readonly port: number;
  readonly transport: "udp" | "tcp";
}

/** A text that is no STUN or TURN URL. The message is a sentence that quotes the text. */
export class BadIceUrl extends Error {
  constructor(text: string, why: string) {
    super(`${JSON.stringify(text)} is no STUN or TURN URL: ${why}`);
    this.name = "BadIceUrl";
  }
}

const PLAIN_PORT = 3478;
const SECURE_PORT = 5349;
const SHAPE = /^(?<scheme>[a-z]+):(?<host>\[[^\]]*\]|[^:?]*)(?::(?<port>[^?]*))?(?:\?(?<query>.*))?$/i;
const schemes: readonly string[] = ["stun", "stuns", "turn", "turns"] satisfies IceUrl["scheme"][];

/**
 * Reads one URL. Stricter than the grammar where browsers are: only udp and tcp are transports, and a `stun:` URL
 * takes none, because one URL a browser refuses makes its whole RTCPeerConnection fail.
 *
 * @throws {BadIceUrl}
 */
export function parseIceUrl(text: string): IceUrl {
  const trimmed = text.trim();
  const fail = (why: string): never => {
    throw new BadIceUrl(trimmed, why);
  };

  const parts = SHAPE.exec(trimmed)?.groups;
  const scheme = parts?.["scheme"]?.toLowerCase() ?? "";
  if (parts === undefined || !schemes.includes(scheme)) {
    return fail("it must begin with stun:, stuns:, turn: or turns:");
  }
  if (parts["host"]?.startsWith("//")) return fail(`write ${scheme}:host:port, without //`);

  const secure = scheme.endsWith("s");
  const isTurn = scheme.startsWith("turn");
  return {
    text: trimmed,
    scheme: scheme as IceUrl["scheme"],
    host: hostOf(parts["host"] ?? "", fail),
    port: parts["port"] === undefined ? (secure ? SECURE_PORT : PLAIN_PORT) : portOf(parts["port"], fail),
    transport: transportOf(parts["query"], isTurn, fail) ?? (secure ? "tcp" : "udp"),
  };
}

type Fail = (why: string) => never;

function hostOf(written: string, fail: Fail): string {
  if (written === "") return fail("the host is missing");
  if (written.startsWith("[")) {
    const address = written.slice(1, -1);
    return isIPv6(address) ? address : fail("what stands in brackets is no IPv6 address");
  }
  if (written.includes("@")) return fail("it cannot carry a user; credentials are issued for each peer");
  if (written.includes("/")) return fail("it has no path");
  const looksNumeric = /^[\d.]+$/.test(written);
  const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i;
  const isName =
    written.length <= 253 &&
    written
      .replace(/\.$/, "")
      .split(".")
      .every((part) => label.test(part));
  if (isIPv4(written) || (isName && !looksNumeric)) return written;
  return fail("the host is neither a name nor an address (an IPv6 address stands in brackets)");
}

function portOf(written: string, fail: Fail): number {
  const port = Number(written);
  if (/^\d{1,5}$/.test(written) && port >= 1 && port <= 65_535) return port;
  if (written.includes(":")) return fail("an IPv6 address stands in brackets");
  return fail("the port must be a number from 1 to 65535");
}

/** Undefined: the scheme's default. */
function transportOf(query: string | undefined, isTurn: boolean, fail: Fail): IceUrl["transport"] | undefined {
  if (query === undefined) return undefined;
  if (!isTurn) return fail("a stun: or stuns: URL takes nothing after ?");
  const transport = /^transport=(udp|tcp)$/i.exec(query)?.[1]?.toLowerCase();
  return (
    (transport as IceUrl["transport"] | undefined) ?? fail("after ? only transport=udp or transport=tcp may stand")
  );
}
