/** Types that a candidate may have (RFC 8445, 4) but for the relayed one, in the words of statistics, too. */
const DIRECT = new Set(["host", "srflx", "prflx", "serverreflexive", "peerreflexive"]);
const RELAYED = new Set(["relay", "relayed"]);

const ADDRESSES = ["address", "ip", "ipaddress", "addr"];
const TYPES = ["type", "typ", "candidatetype"];
/** The address behind a candidate: of a relayed one, the peer's own. */
const RELATED = new Set(["relatedaddress", "relatedport", "relatedip", "raddr", "rport"]);

/**
 * What an object says of a candidate by members of its own, as an RTCIceCandidate has them, and as media servers write
 * candidates, instead of by a line of text. `none`: it is no such object.
 */
export function structuredCandidate(value: object): "none" | "relayed" | "direct" {
  const members = new Map(Object.entries(value).map(([name, item]) => [nameOf(name), item] as const));
  if (!ADDRESSES.some((name) => typeof members.get(name) === "string" && members.get(name) !== "")) return "none";
  const types = TYPES.map((name) => members.get(name)).filter((one) => typeof one === "string");
  const words = types.map((one) => nameOf(one));
  if (words.some((word) => DIRECT.has(word))) return "direct";
  if (words.some((word) => RELAYED.has(word))) return "relayed";
  // Whoever writes a foundation beside an address means a candidate, of whatever type.
  return members.has("foundation") ? "direct" : "none";
}

/** True for a member that names the address behind a candidate. */
export function isRelatedAddress(name: string): boolean {
  return RELATED.has(nameOf(name));
}

/** `relatedAddress`, `related_address` and `related-address` are one name. */
function nameOf(text: string): string {
  return text.replaceAll(/[-_\s]/g, "").toLowerCase();
}
