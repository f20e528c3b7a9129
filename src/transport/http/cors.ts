/** Lets any web page read the answer. No credentials: the server sets no cookies. */
export function allowAnyOrigin(response: Response): void {
  response.headers.set("access-control-allow-origin", "*");
}

/**
 * Answers a preflight. The wanted headers are echoed because `*` does not cover `Authorization` (Fetch standard).
 * Without `crossOrigin` the answer names the methods and grants nothing.
 *
 * @param offered those of the allowed methods that pages of other origins may call
 */
export function preflight(
  request: Request,
  { allowed, offered, crossOrigin }: { allowed: string; offered: string; crossOrigin: boolean },
): Response {
  const headers: Record<string, string> = { allow: allowed };
  if (crossOrigin) {
    headers["access-control-allow-methods"] = offered;
    headers["access-control-allow-headers"] = request.headers.get("access-control-request-headers") ?? "*";
    headers["access-control-max-age"] = "86400";
  }
  return new Response(null, { status: 204, headers });
}
