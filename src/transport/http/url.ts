/**
 * The URL of a request, which may come without a Host header (HTTP/1.0) or with one that is no host; then `base`, the
 * server's own address, stands in for it.
 */
export function urlOf(request: Request, base: string): URL {
  const whole = URL.parse(request.url);
  if (whole !== null) return whole;
  const path = request.url.replace(/^[a-z]+:\/\/[^/?#]*/i, "");
  // Put behind the base as text: resolved against it, a path that begins with two slashes would name another host.
  return URL.parse(base.replace(/\/$/, "") + path) ?? new URL(base);
}
