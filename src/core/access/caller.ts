import type { TokenContent } from "../../ports/tokens.ts";

/** What a token can allow. `admin` includes all others. */
export const scopes = ["host", "client", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** The claim that names the ids a token owns, by the scope that lets it use them. */
const OWNED: Readonly<Partial<Record<string, string>>> = { host: "host_id", client: "player_id" };

/** Who is behind a request. */
export interface Caller {
  /** Whom the token names; null where no token was asked for or sent. */
  readonly subject: string | null;
  /** True if the caller has this scope and, where `id` is given, owns that id within it. */
  may(scope: string, id?: string): boolean;
}

/** Everybody, in open mode. */
export const anyone: Caller = { subject: null, may: () => true };

/** Whoever sent no token where tokens are asked for. */
export const stranger: Caller = { subject: null, may: () => false };

/**
 * The holder of a good token: claim `scope` holds its scopes, separated by spaces (RFC 8693), `host_id` and `player_id`
 * the id, or a list of ids, that is its own. What has another form counts as absent.
 */
export function holderOf({ subject, claims }: TokenContent): Caller {
  const held = new Set(typeof claims["scope"] === "string" ? claims["scope"].split(" ") : []);
  const owns = (scope: string, id: string): boolean => {
    const claim = OWNED[scope];
    const owned = claim === undefined ? undefined : claims[claim];
    return Array.isArray(owned) ? owned.includes(id) : owned === id;
  };
  return {
    subject,
    may: (scope, id) => held.has("admin") || (held.has(scope) && (id === undefined || owns(scope, id))),
  };
}
