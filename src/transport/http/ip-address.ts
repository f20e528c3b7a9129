import { isIP } from "node:net";

/**
 * Reads an address as headers and sockets write it: with or without a port, brackets or a zone. IPv4 in IPv6 clothes
 * comes out as IPv4, IPv6 in one spelling. Null if it is none.
 */
export function readAddress(text: string): string | null {
  const bare = withoutPort(text.trim()).replace(/%.*$/, "");
  const family = isIP(bare);
  if (family === 0) return null;
  if (family === 4) return bare;
  const groups = groupsOf(bare);
  const mapped = groups.slice(0, 6).join(":") === "0:0:0:0:0:ffff";
  return mapped ? dotted(groups[6]!, groups[7]!) : groups.join(":");
}

/** Who a client is for counting. An IPv6 client has at least a /64 to itself, and must not count as many. */
export function clientKey(address: string): string {
  // Only one of IPv6 has a colon, and to look for that takes a fraction of what `isIP` takes.
  return address.includes(":") && isIP(address) === 6 ? `${groupsOf(address).slice(0, 4).join(":")}::/64` : address;
}

export function isLoopbackAddress(address: string): boolean {
  return /^127\.[\d.]+$/.test(address) || address === "::1" || address === "0:0:0:0:0:0:0:1";
}

function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text);
  if (bracketed !== null) return bracketed[1]!;
  return /^[\d.]+:\d+$/.test(text) ? text.slice(0, text.indexOf(":")) : text;
}

/** The eight groups of a valid IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [head = "", tail] = hexOnly(address.replace(/%.*$/, "")).split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].map((group) => parseInt(group, 16).toString(16));
}

/** Turns an IPv4 tail (`::ffff:10.0.0.1`) into two groups. */
function hexOnly(address: string): string {
  return address.replace(
    /(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/,
    (_, a, b, c, d) => `${pair(a, b)}:${pair(c, d)}`,
  );
}

function pair(high: string, low: string): string {
  return (Number(high) * 256 + Number(low)).toString(16);
}

function dotted(high: string, low: string): string {
  const [a, b] = [parseInt(high, 16), parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join(".");
}
