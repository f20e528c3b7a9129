/** Conflicts with another transaction: done again, it may well succeed. */
const AGAIN = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
]);

/** What the operating system says when nobody is there, or goes away, or when this process may open no more. */
const NETWORK = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "EPIPE",
  "ENOENT",
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
]);

/**
 * Classes and codes of PostgreSQL's own errors (its appendix A) that speak of the server rather than of the statement:
 * connections, logging in, insufficient resources, an operator's intervention (57, which a statement's timeout is too),
 * its system, a standby that takes no writes, a transaction that stood open too long, a lock not had in time.
 */
const SERVER = /^(08|28|53|57|58|3D000|25006|25P03|25P04|55P03)/;

/** The driver has no codes for these. */
const DRIVER =
  /(timeout exceeded when trying to connect|connection terminated|client has encountered a connection error|query read timeout|after calling end on the pool)/i;

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

export function isConflict(error: unknown): boolean {
  return AGAIN.has(codeOf(error));
}

/** True if the database could not be reached or could not serve. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error);
  if (NETWORK.has(code) || SERVER.test(code)) return true;
  if (error instanceof AggregateError) return error.errors.some(isAway);
  return error instanceof Error && DRIVER.test(error.message);
}
