/** Stands in where only the path and the query are looked at. */
const NOWHERE = "http://localhost/";

/**
 * The URL of a request, which may come without a Host header (HTTP/1.0) or with one that is no host; then `base` stands
 * in for it, such as the server's own address.
 */
export function urlOf(request: Pick<Request, "url">, base = NOWHERE): URL {
  const whole = URL.parse(request.url);
  if (whole !== null) return whole;
  const path = request.url.replace(/^[a-z]+:\/\/[^/?#]*/i, "");
  // Put behind the base as text: resolved against it, a path that begins with two slashes would name another host.
  return URL.parse(base.replace(/\/$/, "") + path) ?? new URL(base);
}

/** A host as nearly all are named: nothing in it could end it, or stand before it. */
const PLAIN_HOST = /^[\w.:[\]-]+$/;

/** What was asked last, and will be asked again: nearly all who come call the server by one name. */
let latest: { readonly host: string; readonly base: string; readonly origin: string } | null = null;

/**
 * The origin of a request's URL; see {@link urlOf}. With a base, whose scheme is the server's own, it is read from the host
 * that the request names, as the runtime does: the path has no part in it, even of a request whose target names another
 * host, and the runtime would have to write the whole URL first.
 */
export function originOf(request: Pick<Request, "url" | "headers">, base?: string): string {
  if (base === undefined) return urlOf(request).origin;
  const host = request.headers.get("host");
  if (latest !== null && latest.host === host && latest.base === base) return latest.origin;
  if (host === null || !PLAIN_HOST.test(host)) return urlOf(request, base).origin;
  const scheme = base.slice(0, base.indexOf("/"));
  latest = { host, base, origin: (URL.parse(`${scheme}//${host}/`) ?? new URL(base)).origin };
  return latest.origin;
}

/** A query in which each character stands for itself: nothing is encoded, and nothing ends it. */
const PLAIN_QUERY = /^[\w.~!$'()*,;:@/?&=-]*$/;

/**
 * The parameters of the query of a URL, in their order. Plain ones, as nearly all are, are read out of the text itself,
 * which takes a fraction of what it takes to read the whole URL.
 */
export function queryPairs(url: string): readonly (readonly [string, string])[] {
  const at = url.indexOf("?");
  if (at === -1) return [];
  const query = url.slice(at + 1);
  const isPlain = PLAIN_QUERY.test(query) && url.lastIndexOf("#", at) === -1;
  if (!isPlain) return [...urlOf({ url }).searchParams];
  return query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      return equals === -1 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    });
}

/** The first name that was there before; undefined if there is none. A stranger says how many they are. */
export function firstRepeated(names: Iterable<string>): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
