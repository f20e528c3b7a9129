/**
 * Lets pages of an origin read the answer, or of any (`*`), and what it was called. No credentials: the server sets no
 * cookies.
 *
 * @param origin null: no page asked, or one that may not; but another page might have had another answer
 */
export function allowOrigin<Answer extends Pick<Response, "headers">>(answer: Answer, origin: string | null): Answer {
  const { headers } = answer;
  if (origin !== null) {
    headers.set("access-control-allow-origin", origin);
    headers.set("access-control-expose-headers", "X-Request-Id");
  }
  if (origin !== "*") headers.append("vary", "Origin");
  return answer;
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
