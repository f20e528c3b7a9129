import { BlockList, isIP } from "node:net";
import { readForwarded, type Hop } from "./forwarded.ts";
import { originOf, urlOf } from "./url.ts";
import { readAddress } from "./ip-address.ts";

/** What proxies in front say of a request, and how much of that is believed. */
export interface Proxies {
  /** The client's address. `peer` is the other end of the connection. */
  addressOf(request: Request, peer: string): string;
  /** The URL as the client wrote it; on `base` if it wrote no host. */
  urlOf(request: Request, peer: string, base?: string): URL;
  /** The origin of that URL. */
  originOf(request: Request, peer: string, base?: string): string;
}

/** Nobody in front is believed. */
export const noProxies: Proxies = {
  addressOf: (_, peer) => peer,
  urlOf: (request, _peer, base) => urlOf(request, base),
  originOf: (request, _peer, base) => originOf(request, base),
};

/** A block of addresses such as `10.0.0.0/8`, `fd00::/8` or `192.0.2.7`. */
export interface AddressBlock {
  readonly address: string;
  readonly bits: number;
}

/** Null if the text is no block of addresses. */
export function readAddressBlock(text: string): AddressBlock | null {
  const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  const length = bits === undefined ? most : Number(bits);
  return family === 0 || length > most ? null : { address, bits: length };
}

/**
 * Believes forwarding headers (`X-Forwarded-For`, or `Forwarded` of RFC 7239) from these proxies and nobody else: the
 * client is the rightmost address that none of them has. Whatever stands left of it the client may have made up.
 */
export function trustProxies(blocks: readonly AddressBlock[]): Proxies {
  if (blocks.length === 0) return noProxies;
  const trusted = new BlockList();
  for (const { address, bits } of blocks) trusted.addSubnet(address, bits, isIP(address) === 4 ? "ipv4" : "ipv6");
  const isTrusted = (address: string): boolean => trusted.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");

  /** Goes from hop to hop towards the client as long as each is trusted; what is no address ends the way. */
  const follow = (hops: readonly string[], peer: string): string => {
    let client = peer;
    for (const hop of hops.toReversed()) {
      const address = readAddress(hop);
      if (address === null || !isTrusted(client)) break;
      client = address;
    }
    return client;
  };

  const seenUrl = (request: Request, base: string | undefined): URL => {
    const url = urlOf(request, base);
    const outermost = forwardedHops(request)?.[0];
    const proto = first(request.headers.get("x-forwarded-proto")) ?? outermost?.proto;
    const host = first(request.headers.get("x-forwarded-host")) ?? outermost?.host;
    return rewritten(url, proto?.toLowerCase(), host);
  };

  return {
    addressOf(request, peer) {
      if (!isTrusted(peer)) return peer;
      const list = request.headers.get("x-forwarded-for");
      const hops = forwardedHops(request);
      const byList = list === null ? null : follow(list.split(","), peer);
      const byHops =
        hops === null
          ? null
          : follow(
              hops.map((hop) => hop.for ?? ""),
              peer,
            );
      // A proxy sets one of the two and lets the client's other one through; if they differ, neither can be believed.
      if (byList !== null && byHops !== null && byList !== byHops) return peer;
      return byList ?? byHops ?? peer;
    },
    urlOf: (request, peer, base) => (isTrusted(peer) ? seenUrl(request, base) : urlOf(request, base)),
    originOf: (request, peer, base) => (isTrusted(peer) ? seenUrl(request, base).origin : originOf(request, base)),
  };
}

/** Null without the header; a broken one counts as a hop that cannot be read. */
function forwardedHops(request: Request): readonly Hop[] | null {
  const header = request.headers.get("forwarded");
  return header === null ? null : (readForwarded(header) ?? [{}]);
}

function first(header: string | null): string | undefined {
  return header?.split(",")[0]?.trim();
}

/** The host stands for itself, port and all: a proxy on 443 in front of port 8080 names no port. */
function rewritten(url: URL, proto: string | undefined, host: string | undefined): URL {
  const scheme = proto === "https" || proto === "http" ? `${proto}:` : url.protocol;
  const authority = host !== undefined && /^[\w.:[\]-]+$/.test(host) ? host : url.host;
  const text = `${scheme}//${authority}${url.pathname}${url.search}`;
  return URL.canParse(text) ? new URL(text) : url;
}
