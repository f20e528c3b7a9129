import { TooManyAttempts } from "../../core/accounts/attempts.ts";
import type { Problem } from "../../transport/http/refusal.ts";
import { json } from "../../transport/http/route.ts";

/** As the document words errors on the socket, and the code beside it. */
export function refuse(problem: Problem): Response {
  const response = json(problem.status, { event: "error", error: problem.message, code: problem.code });
  if (problem instanceof TooManyAttempts) {
    response.headers.set("retry-after", String(Math.max(1, Math.ceil(problem.retryMs / 1000))));
  }
  return response;
}
