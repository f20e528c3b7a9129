import type { Standing } from "./limit.ts";

/**
 * Says where the client stands: `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers, structured
 * fields), and `Retry-After` (RFC 9110) once it is too much.
 */
export function sayStanding({ headers }: Pick<Response, "headers">, standing: Standing): void {
  sayBudget(headers, standing);
  sayWhatIsLeft(headers, standing);
  if (!standing.allowed) headers.set("retry-after", String(Math.max(1, seconds(standing.retryMs))));
}

/** The part that is the same for all who have that budget. */
export function sayBudget(headers: Headers, { name, limit, windowMs }: Standing): void {
  headers.set("ratelimit-policy", `"${name}";q=${limit};w=${seconds(windowMs)}`);
  if (headers.has("access-control-allow-origin")) {
    headers.set("access-control-expose-headers", "RateLimit, RateLimit-Policy, Retry-After, X-Request-Id");
  }
}

/** The part that is the client's own. */
export function sayWhatIsLeft(headers: Headers, { name, remaining, resetMs }: Standing): void {
  headers.set("ratelimit", `"${name}";r=${remaining};t=${seconds(resetMs)}`);
}

/** Seconds after which a node that refuses for now may be asked again; others of its cluster may be at once. */
const RETRY_SECONDS = 1;

/** `Retry-After` (RFC 9110), in seconds, unless the answer says already when to come back. */
export function sayWhenToRetry({ headers }: Response, after = RETRY_SECONDS): void {
  if (!headers.has("retry-after")) headers.set("retry-after", String(after));
}

/** Rounded up: coming back a moment too late is allowed, too early is not. */
function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}
