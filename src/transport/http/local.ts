import { urlOf } from "./url.ts";
import { isLoopbackAddress } from "./ip-address.ts";

/** Headers by which proxies of all makes give themselves away. */
const FORWARDING = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
  "x-client-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "fly-client-ip",
  "via",
];

/**
 * True if the request was made on this machine for its own sake. A connection from the loopback alone does not say
 * that: behind a proxy on this machine the whole internet comes from there, and so does any web page that is open in a
 * browser here, under a name of its own choice if it likes (DNS rebinding).
 */
export function isLocal(request: Request, peer: string): boolean {
  if (!isDirect(request, peer)) return false;
  const url = urlOf(request);
  if (!isLoopbackName(url.hostname)) return false;
  const site = request.headers.get("sec-fetch-site");
  return !isForeign(request, [url.origin]) && (site === null || site === "same-origin" || site === "none");
}

/**
 * True if the request came from this machine, through no proxy that says so, under a name that is not this machine's: a
 * page may have given the name to it (DNS rebinding), and what it then calls its own origin is not ours.
 */
export function isRebound(request: Request, peer: string): boolean {
  return isDirect(request, peer) && !isLoopbackName(urlOf(request).hostname);
}

function isDirect({ headers }: Request, peer: string): boolean {
  return isLoopbackAddress(peer) && !FORWARDING.some((name) => headers.has(name));
}

/**
 * True if a page of another origin made the request. `own`: origins by which this server is known. One with https rules
 * out pages of that host over http, which anybody on the way may have written; one with http does not say that a proxy
 * which nobody trusts has no TLS, so that its host alone counts.
 */
export function isForeign(request: Request, own: readonly string[]): boolean {
  const origin = request.headers.get("origin");
  if (origin === null) return false;
  const page = URL.parse(origin);
  const same = own.map((one) => new URL(one)).filter(({ host }) => host === page?.host);
  return same.length === 0 || (page?.protocol !== "https:" && same.some(({ protocol }) => protocol === "https:"));
}

/** `localhost`, or an address of the loopback as URLs write it. */
export function isLoopbackName(hostname: string): boolean {
  return hostname === "localhost" || isLoopbackAddress(hostname.replace(/^\[|\]$/g, ""));
}
