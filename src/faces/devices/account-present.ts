import type { Identity } from "../../core/accounts/directory.ts";
import type { SignedIn } from "../../core/accounts/new-token.ts";
import type { TokenRecord } from "../../ports/token-records.ts";
import { json, type Answer } from "../../transport/http/route.ts";
import { say } from "./http-fields.ts";

/** The token is shown this once. */
export function presentSignedIn(status: number, { email, token, tokenId, expiresAt }: SignedIn): Answer {
  return json(status, { email, token, token_id: tokenId, expires_at: say(expiresAt) });
}

export function presentToken(who: Identity, token: TokenRecord) {
  return {
    id: token.id,
    name: token.name,
    user_agent: token.userAgent,
    created_at: say(token.createdAt),
    last_used_at: say(token.lastUsedAt),
    expires_at: say(token.expiresAt),
    current: token.id === who.tokenId,
  };
}
