import type { Problem } from "../../transport/http/refusal.ts";
import { json, type Answer } from "../../transport/http/route.ts";

/** Find says `{found:false,message}`; everything else on this face says `{success:false,error}`. */
export function refuse(problem: Problem, path: string): Answer {
  return path.startsWith("/api/match")
    ? json(problem.status, { found: false, message: problem.message })
    : json(problem.status, { success: false, error: problem.message });
}
