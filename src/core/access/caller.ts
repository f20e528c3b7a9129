import { vouchedEmail } from "../accounts/vouched-email.ts";
import type { TokenContent } from "../../ports/tokens.ts";

/** What a token can allow. `admin` includes all others. */
export const scopes = ["host", "client", "publisher", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** What a token can own. */
export type OwnedKind = "host" | "player" | "match" | "agent";

/** The claim that names the ids a token owns, by their kind. */
const CLAIMS: Readonly<Record<OwnedKind, string>> = {
  host: "host_id",
  player: "player_id",
  match: "match_id",
  agent: "agent_id",
};

/** What a scope's ids are, where nothing else is said. */
const KINDS: Readonly<Partial<Record<string, OwnedKind>>> = { host: "host", client: "player" };

/** Who is behind a request. */
export interface Caller {
  /** Whom the token names; null where no token was asked for or sent. */
  readonly subject: string | null;
  /** The address of the person whose account's token it sent, or whom its token names; null if there is none. */
  readonly account: string | null;
  /** When its token ends, in ms; null where it came without one. */
  readonly expiresAt: number | null;
  /** True if the caller has this scope and, where `id` is given, owns that id within it: one of that kind. */
  may(scope: string, id?: string, kind?: OwnedKind): boolean;
}

/** Everybody, in open mode. */
export const anyone: Caller = { subject: null, account: null, expiresAt: null, may: () => true };

/** Whoever sent no token where tokens are asked for. */
export const stranger: Caller = { subject: null, account: null, expiresAt: null, may: () => false };

/**
 * The holder of a good token: claim `scope` holds its scopes, separated by spaces (RFC 8693), `host_id`, `player_id` and
 * `match_id` the id, or a list of ids, that is its own. What has another form counts as absent. `agent_id` is a number, as
 * such or as text, or a list of them, see {@link agentOf}; a token without it says nothing of agents, and may name any.
 */
export function holderOf({ subject, expiresAt, claims }: TokenContent): Caller {
  const held = new Set(typeof claims["scope"] === "string" ? claims["scope"].split(" ") : []);
  const owns = (id: string, kind: OwnedKind | undefined): boolean => {
    const owned = kind === undefined ? undefined : claims[CLAIMS[kind]];
    if (kind === "agent") return owned === undefined || [owned].flat().some((agent) => agentOf(agent) === id);
    return Array.isArray(owned) ? owned.includes(id) : owned === id;
  };
  return {
    subject,
    account: vouchedEmail(claims),
    expiresAt,
    may: (scope, id, kind = KINDS[scope]) =>
      held.has("admin") || (held.has(scope) && (id === undefined || owns(id, kind))),
  };
}

/**
 * The agent that a claim names; null: none. A number that JSON does not carry digit by digit may be another one by now than
 * was written, so that it names nobody: such an agent is named by its digits, as text.
 */
function agentOf(claimed: unknown): string | null {
  if (typeof claimed === "string") return claimed;
  return Number.isSafeInteger(claimed) && (claimed as number) >= 0 ? String(claimed) : null;
}

/** The holder of the token of a person's account, which counts where scope `account` is asked for, and nowhere else. */
export function accountHolder(email: string, expiresAt: number): Caller {
  return { subject: null, account: email, expiresAt, may: (scope) => scope === "account" };
}
