import type { Problem } from "../../transport/http/refusal.ts";
import { json } from "../../transport/http/route.ts";

/** `{detail}`, whatever went wrong. */
export function refuse(problem: Problem): Response {
  return json(problem.status, { detail: problem.message });
}
