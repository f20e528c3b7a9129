import { isIP } from "node:net";

/** Types that a candidate may have (RFC 8445, 4) but for the relayed one, in the words of statistics, too. */
const REFLEXIVE = new Set(["srflx", "prflx", "serverreflexive", "peerreflexive"]);
const DIRECT = new Set(["host", ...REFLEXIVE]);
const RELAYED = new Set(["relay", "relayed"]);

const TYPES = new Set(["type", "typ", "candtype", "candidatetype"]);
/** Where the address stands, mostly: what else it may be called has no end. */
const ADDRESSES = new Set(["address", "addr", "ip", "ipaddress", "connectionaddress"]);
/** What else stands beside the port of a candidate. */
const COMPANY = new Set([
  "priority",
  "protocol",
  "transport",
  "tcptype",
  "component",
  "componentid",
  "host",
  "hostname",
]);
/** The address behind a candidate: of a relayed one, the peer's own. */
const RELATED = new Set([
  ...["relatedaddress", "relatedaddr", "relatedip", "relatedport"],
  ...["reladdr", "relport", "raddr", "rport"],
]);

/** In characters, with a port; a longer text is no address. */
const MAX_ADDRESS = 80;

type Member = readonly [name: string, value: unknown];

/**
 * What an object says of a candidate by members of its own, as an RTCIceCandidate has them, and as media servers write
 * candidates, instead of by a line of text. `none`: it is no such object.
 *
 * Whoever writes a foundation means a candidate, and so does who writes a candidate's type beside an address or a port,
 * whatever the address is called. But `type` may say `host` of other things: there a port takes further company.
 */
export function structuredCandidate(value: object): "none" | "relayed" | "direct" {
  const members = Object.entries(value).map(([name, item]): Member => [nameOf(name), item]);
  const types = members.filter(([name, item]) => TYPES.has(name) && typeof item === "string");
  const isFounded = members.some(([name, item]) => name === "foundation" && isSaid(item) && typeof item !== "object");
  if (types.length === 0 && !isFounded) return "none";

  const has = (names: ReadonlySet<string>) => members.some(([name, item]) => names.has(name) && isSaid(item));
  const words = types.map(([name, item]) => [name, nameOf(item as string)] as const);
  const known = words.filter(([, word]) => DIRECT.has(word) || RELAYED.has(word));
  if (known.length === 0) {
    // What holds a line as well has its type there.
    const hasLine = members.some(([name, item]) => name === "candidate" && typeof item === "string");
    return isFounded && (has(ADDRESSES) || !hasLine) ? "direct" : "none";
  }
  if (!isFounded && !has(ADDRESSES)) {
    const isOfIce = known.some(([name, word]) => name !== "type" || REFLEXIVE.has(word));
    const hasPort = members.some(([name, item]) => name === "port" && isSaid(item));
    const hasAddress = () => members.some(([, item]) => isAddress(item));
    if (isOfIce ? !hasPort && !hasAddress() : !hasPort || (!has(COMPANY) && !hasAddress())) return "none";
  }
  return known.some(([, word]) => DIRECT.has(word)) ? "direct" : "relayed";
}

/** True for a member that names the address behind a candidate. */
export function isRelatedAddress(name: string): boolean {
  return RELATED.has(nameOf(name));
}

/** `relatedAddress`, `related_address` and `related-address` are one name. */
function nameOf(text: string): string {
  return text.replaceAll(/[-_\s]/g, "").toLowerCase();
}

function isSaid(item: unknown): boolean {
  return item !== undefined && item !== null && item !== "";
}

/** An address, or the name that mDNS has for one, with a port or without. */
function isAddress(item: unknown): boolean {
  if (typeof item !== "string" || item.length > MAX_ADDRESS) return false;
  const host = /^\[?([^\]]+)\]?:\d{1,5}$/.exec(item)?.[1] ?? item;
  return isIP(item) !== 0 || isIP(host) !== 0 || /^[\w-]+\.local$/i.test(host);
}
