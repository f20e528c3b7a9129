import type { Policy } from "../http/policy.ts";
import type { SecurityRequirement, SecurityScheme } from "./types.ts";

const NAME = "bearer";
const ACCOUNT = "account";

export const securitySchemes: Readonly<Record<string, SecurityScheme>> = {
  [NAME]: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "Needed where the operator has set AUTH_MODE=token. The scopes are claims of the token.",
  },
  [ACCOUNT]: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "UUID or JWT",
    description: "The token of a login, or a JWT of the operator's identity provider with a claim `email`.",
  },
};

/** What routes ask for that know people by their accounts. */
export const ofAccount: readonly SecurityRequirement[] = [{ [ACCOUNT]: [] }];

/** Ways to be let through, any one of which will do. Where no tokens are asked for, one more: no token. */
export function security(policy: Policy, tokens: boolean): readonly SecurityRequirement[] {
  if (policy === "account") return ofAccount;
  if (typeof policy === "string") return [];
  const scopes = [...new Set(policy.map(({ scope }) => scope))];
  const ways = scopes.map((scope) =>
    scope === ACCOUNT ? { [ACCOUNT]: [] } : { [NAME]: scope === null ? [] : [scope] },
  );
  return tokens ? ways : [{}, ...ways];
}
