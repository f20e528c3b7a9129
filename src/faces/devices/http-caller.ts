import type { Directory, Identity } from "../../core/accounts/directory.ts";
import { bearerToken } from "../../transport/http/bearer.ts";
import { Refusal } from "../../transport/http/refusal.ts";

/**
 * Who is calling. These routes know people by their accounts, whatever AUTH_MODE says of everything else.
 *
 * @throws {Refusal} token_required
 * @throws {DomainError} malformed_token, invalid_token, keys_unavailable
 */
export async function callerOf(directory: Directory, request: Request): Promise<Identity> {
  const token = bearerToken(request);
  if (token === null) throw new Refusal("token_required");
  return directory.identify(token);
}
