import { TooManyAttempts } from "../../core/accounts/attempts.ts";
import type { Problem } from "../../transport/http/refusal.ts";
import { json, type Answer } from "../../transport/http/route.ts";

/** As the document words errors on the socket, and the code beside it. */
export function refuse(problem: Problem): Answer {
  const answer = json(problem.status, { event: "error", error: problem.message, code: problem.code });
  if (!(problem instanceof TooManyAttempts)) return answer;
  return answer.with("retry-after", String(Math.max(1, Math.ceil(problem.retryMs / 1000))));
}
