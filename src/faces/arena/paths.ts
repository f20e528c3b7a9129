import type { Call } from "../../transport/http/route.ts";

/** The match a path names. */
export function matchNamed({ params }: Pick<Call, "params">): string {
  return params["match_id"] ?? "";
}
