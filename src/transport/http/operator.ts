import { createHash, timingSafeEqual } from "node:crypto";
import { bearerToken } from "./bearer.ts";
import type { Caller } from "./call.ts";
import { Refusal } from "./refusal.ts";
import type { Call } from "./route.ts";

/** Somebody who may do what only operators may. */
export interface Operator {
  /** As the audit log names them. */
  readonly who: string;
  /** When their token ends, in ms; null: never. */
  readonly expiresAt: number | null;
}

/** How operators show that they are some. */
export interface OperatorAccess {
  /** What they may send; null: there is none. */
  readonly adminToken: string | null;
  /** Who is behind a JWT; null where none is asked for. */
  readonly identify: ((token: string) => Promise<Caller>) | null;
}

export type Asking = Pick<Call, "request" | "isLocal" | "address">;

/**
 * Lets in whoever sends the ADMIN_TOKEN, or a token with scope `admin`; where neither can be, who calls from this machine.
 *
 * @throws {DomainError} what a token is refused with
 * @throws {Refusal} token_required, forbidden
 */
export async function mustOperate(call: Asking, access: OperatorAccess): Promise<Operator> {
  const { adminToken, identify } = access;
  if (adminToken === null && identify === null) {
    if (call.isLocal()) return { who: `this machine (${call.address})`, expiresAt: null };
    throw new Refusal("forbidden", "Without an ADMIN_TOKEN this is for callers on the server's own machine alone.");
  }
  const sent = bearerToken(call.request);
  if (sent === null) throw new Refusal("token_required", `This takes ${wanted(access)}.`);
  if (adminToken !== null && isSame(sent, adminToken)) {
    return { who: `ADMIN_TOKEN from ${call.address}`, expiresAt: null };
  }
  if (identify === null) throw new Refusal("forbidden", "This is not the ADMIN_TOKEN.");
  const caller = await identify(sent);
  if (caller.subject === null || !caller.may("admin")) throw new Refusal("forbidden", `This takes ${wanted(access)}.`);
  return { who: caller.subject, expiresAt: caller.expiresAt };
}

function wanted({ adminToken, identify }: OperatorAccess): string {
  const ways = [
    ...(adminToken === null ? [] : ["the ADMIN_TOKEN"]),
    ...(identify === null ? [] : ["a token with scope admin"]),
  ];
  return `${ways.join(" or ")}: Authorization: Bearer …`;
}

/** In a time that says nothing of where they differ. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(a!, b!);
}
