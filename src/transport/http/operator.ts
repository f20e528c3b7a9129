import { createHash, timingSafeEqual } from "node:crypto";
import { bearerToken } from "./bearer.ts";
import { Refusal } from "./refusal.ts";
import type { Call } from "./route.ts";

/**
 * Lets operators through: whoever sends the token as Bearer token, or where there is none, who calls from this machine.
 *
 * @throws {Refusal} token_required, forbidden
 */
export function mustOperate(call: Pick<Call, "request" | "isLocal">, adminToken: string | null): void {
  if (adminToken === null) {
    if (call.isLocal()) return;
    throw new Refusal("forbidden", "Without an ADMIN_TOKEN this is for callers on the server's own machine alone.");
  }
  const sent = bearerToken(call.request);
  if (sent === null) throw new Refusal("token_required", "This takes the ADMIN_TOKEN: Authorization: Bearer …");
  if (!isSame(sent, adminToken)) throw new Refusal("forbidden", "This is not the ADMIN_TOKEN.");
}

/** In a time that says nothing of where they differ. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(a!, b!);
}
