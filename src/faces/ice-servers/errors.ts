import type { Problem } from "../../transport/http/refusal.ts";
import { json } from "../../transport/http/route.ts";

/** `{error: code, message}`. */
export function refuse(problem: Problem): Response {
  return json(problem.status, { error: problem.code, message: problem.message });
}
