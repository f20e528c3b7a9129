import type { Problem } from "../../transport/http/refusal.ts";
import { json, type Answer } from "../../transport/http/route.ts";

/** `{detail}`, whatever went wrong. */
export function refuse(problem: Problem): Answer {
  return json(problem.status, { detail: problem.message });
}
