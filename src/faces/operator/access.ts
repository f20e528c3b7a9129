import { DomainError } from "../../core/errors/errors.ts";
import { bearerToken } from "../../transport/http/bearer.ts";
import type { Caller } from "../../transport/http/call.ts";
import { isSame } from "../../transport/http/operator.ts";
import { Refusal } from "../../transport/http/refusal.ts";
import type { Call } from "../../transport/http/route.ts";

/** Somebody who may look at the dashboard, and act. */
export interface Operator {
  /** As the audit log names them. */
  readonly who: string;
  /** When their token ends, in ms; null: never. */
  readonly expiresAt: number | null;
}

export interface DashboardAccess {
  /** Why there is no dashboard, as a sentence that says what to set; null: there is one. */
  readonly off: string | null;
  readonly adminToken: string | null;
  /** Who is behind a JWT; null where none is asked for. */
  readonly identify: ((token: string) => Promise<Caller>) | null;
}

export type Asking = Pick<Call, "request" | "isLocal" | "address">;

/**
 * Lets in whoever sends the ADMIN_TOKEN, or a token with scope `admin`; where neither can be, who calls from this machine.
 *
 * @throws {DomainError} dashboard_off, and what a token is refused with
 * @throws {Refusal} token_required, forbidden
 */
export async function operatorOf(call: Asking, { off, adminToken, identify }: DashboardAccess): Promise<Operator> {
  if (off !== null) throw new DomainError("dashboard_off", off);
  if (adminToken === null && identify === null) {
    if (call.isLocal()) return { who: `this machine (${call.address()})`, expiresAt: null };
    throw new Refusal("forbidden", "Without an ADMIN_TOKEN this is for callers on the server's own machine alone.");
  }
  const sent = bearerToken(call.request);
  if (sent === null) throw new Refusal("token_required", `This takes ${wanted(adminToken, identify)}.`);
  if (adminToken !== null && isSame(sent, adminToken)) {
    return { who: `ADMIN_TOKEN from ${call.address()}`, expiresAt: null };
  }
  if (identify === null) throw new Refusal("forbidden", "This is not the ADMIN_TOKEN.");
  const caller = await identify(sent);
  if (caller.subject === null || !caller.may("admin")) {
    throw new Refusal("forbidden", `This takes ${wanted(adminToken, identify)}.`);
  }
  return { who: caller.subject, expiresAt: caller.expiresAt };
}

function wanted(adminToken: string | null, identify: DashboardAccess["identify"]): string {
  const ways = [
    ...(adminToken === null ? [] : ["the ADMIN_TOKEN"]),
    ...(identify === null ? [] : ["a token with scope admin"]),
  ];
  return `${ways.join(" or ")}: Authorization: Bearer …`;
}
