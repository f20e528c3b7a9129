import type { Call, Caller, OwnedKind } from "./call.ts";
import { Refusal } from "./refusal.ts";

/** One way to be let through. */
export interface Grant<In = Call<never, never>> {
  /** The scope a token needs; null: any good token. */
  readonly scope: string | null;
  /** The id that the token must own within the scope for this call. */
  owns?(call: In): Owner;
  /** What kind of thing that is; left out, that of the scope. */
  readonly kind?: OwnedKind;
}

/** The scope is enough: what is asked for belongs to nobody. */
export const ownerless = Symbol("ownerless");

/** Null: nobody of this kind owns it. */
export type OwnerId = string | null | typeof ownerless;

/** May look it up; an error it throws, such as an unknown session, is the answer. */
export type Owner = OwnerId | Promise<OwnerId>;

/**
 * Where the gate asks for no token. `open`: anybody. The others let nobody in for that, but ask in their own way, in
 * either mode: `account` for the token of a person's account, `operator` for the ADMIN_TOKEN or a caller on this machine,
 * `first message` for a socket's first message to say who it is.
 */
export type Ungated = "open" | "account" | "operator" | "first message";

/** Who may call a route: see {@link Ungated}, or whoever meets one of the grants. Scope `admin` meets all of them. */
export type Policy<In = Call<never, never>> = Ungated | readonly Grant<In>[];

/**
 * The words routes declare their policy in. Where the owner stands in the body, the type of the call is written out:
 * `policy.host(({ body }: Call<Registration>) => body.host_id)`.
 */
export const policy = {
  /** No token needed, and none looked at. */
  open: "open",
  /** The token of a person's account; its handler asks for it. */
  account: "account",
  /** The ADMIN_TOKEN, or a caller on this machine; its handler asks for that. */
  operator: "operator",
  /** A socket whose first message says who it is. */
  firstMessage: "first message",
  /** Any good token, whatever its scopes. */
  signedIn: [{ scope: null }],
  /** Operators. */
  admin: [{ scope: "admin" }],
  /** Scope `client`, whichever player it is. */
  client: [{ scope: "client" }],
  /** Any good token, or that of a person's account. */
  signedInOrAccount: [{ scope: null }, { scope: "account" }],
  /** Scope `host`, and the token is that host's. */
  host: <In extends Call = AnyCall>(owns: (call: In) => Owner): Grants<In> => [{ scope: "host", owns }],
  /** Scope `client`, and the token is that player's. */
  player: <In extends Call = AnyCall>(owns: (call: In) => Owner): Grants<In> => [{ scope: "client", owns }],
  /** One of the two ends of a connection: the host with that id, or the player with it. */
  peer: <In extends Call = AnyCall>(owns: (call: In) => Owner): Grants<In> => [
    { scope: "host", owns },
    { scope: "client", owns },
  ],
  /** Scope `publisher`, and the token is that player's. */
  publisherFor: <In extends Call = AnyCall>(owns: (call: In) => Owner): Grants<In> => [
    { scope: "publisher", kind: "player", owns },
  ],
  /** Scope `publisher`, and the token names that match. */
  publisherOf: <In extends Call = AnyCall>(owns: (call: In) => Owner): Grants<In> => [
    { scope: "publisher", kind: "match", owns },
  ],
  /** Whoever meets one of these. */
  any: <In extends Call = AnyCall>(...policies: readonly Grants<In>[]): Grants<In> => policies.flat(),
} as const;

type AnyCall = Call<never, never>;
export type Grants<In = AnyCall> = readonly Grant<In>[];

/** True for what only operators may do. Such a route is never offered to pages of other origins. */
export function isAdminOnly(policy: Policy): boolean {
  return Array.isArray(policy) && policy.every(({ scope }) => scope === "admin");
}

/**
 * What can be said before the body is read: does the caller have any scope that would do?
 *
 * @throws {Refusal} token_required, forbidden
 */
export function admit(policy: Grants, caller: Caller): void {
  if (policy.some((one) => hasScope(one, caller))) return;
  if (caller.subject === null) throw new Refusal("token_required");
  const scopes = [...new Set(policy.map(({ scope }) => scope))].join(" or ");
  throw new Refusal("forbidden", `This takes a token with scope ${scopes}.`);
}

/**
 * What takes the whole call: is the thing the caller's own?
 *
 * @throws {Refusal} forbidden
 */
export async function checkOwner(policy: Grants, caller: Caller, call: Call): Promise<void> {
  if (caller.may("admin")) return;
  for (const one of policy) {
    if (!hasScope(one, caller)) continue;
    if (one.owns === undefined || one.scope === null) return;
    const id = await one.owns(call as AnyCall);
    if (id === ownerless || (id !== null && caller.may(one.scope, id, one.kind))) return;
  }
  throw new Refusal("forbidden", "This belongs to somebody else.");
}

function hasScope({ scope }: Grant, caller: Caller): boolean {
  return scope === null ? caller.subject !== null : caller.may(scope);
}
