import type { Accounts } from "../../core/accounts/accounts.ts";
import type { Directory } from "../../core/accounts/directory.ts";
import type { Device } from "../../core/accounts/new-token.ts";
import { policy } from "../../transport/http/policy.ts";
import { json, route, type Route } from "../../transport/http/route.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { docs } from "./account-docs.ts";
import { presentSignedIn, presentToken } from "./account-present.ts";
import { passwordBody, removeBody, resetBody, signInBody, signUpBody } from "./account-schema.ts";
import { callerOf } from "./http-caller.ts";

export interface AccountRoutesOptions {
  readonly accounts: Accounts;
  readonly directory: Directory;
  /** How often one client may try to get in, by each of these ways; undefined: as often as it likes. */
  readonly limits: {
    readonly signup: RequestLimit | undefined;
    readonly login: RequestLimit | undefined;
    readonly reset: RequestLimit | undefined;
  };
}

/** Programs say much of themselves; the beginning will do. */
const MAX_USER_AGENT = 256;

export function accountRoutes({ accounts, directory, limits }: AccountRoutesOptions): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/api/auth/signup",
      urgency: "new",
      summary: "Makes an account and signs it in",
      doc: docs.signUp,
      policy: policy.open,
      limit: limits.signup,
      body: signUpBody,
      async handle({ body, request }) {
        return presentSignedIn(201, await accounts.signUp(body, body.invite ?? null, deviceOf(request, body.name)));
      },
    }),
    route({
      method: "POST",
      path: "/api/auth/login",
      urgency: "new",
      summary: "Signs in and hands out a token",
      doc: docs.signIn,
      policy: policy.open,
      limit: limits.login,
      body: signInBody,
      handle: async ({ body, request }) =>
        presentSignedIn(200, await accounts.signIn(body, deviceOf(request, body.name))),
    }),
    route({
      method: "POST",
      path: "/api/auth/logout",
      summary: "Revokes the token it is called with",
      doc: docs.signOut,
      policy: policy.account,
      async handle({ request }) {
        await accounts.signOut(await callerOf(directory, request));
        return done();
      },
    }),
    route({
      method: "GET",
      path: "/api/auth/tokens",
      summary: "Lists the caller's tokens, newest first",
      doc: docs.tokens,
      policy: policy.account,
      async handle({ request }) {
        const who = await callerOf(directory, request);
        return json(200, { tokens: (await accounts.tokensOf(who)).map((token) => presentToken(who, token)) });
      },
    }),
    route({
      method: "DELETE",
      path: "/api/auth/tokens",
      summary: "Revokes all tokens of the caller but the one in use",
      doc: docs.revokeOthers,
      policy: policy.account,
      handle: async ({ request }) =>
        json(200, { revoked: await accounts.revokeOthers(await callerOf(directory, request)) }),
    }),
    route({
      method: "DELETE",
      path: "/api/auth/tokens/:id",
      summary: "Revokes one token of the caller",
      doc: docs.revoke,
      policy: policy.account,
      async handle({ request, params }) {
        await accounts.revoke(await callerOf(directory, request), params["id"] ?? "");
        return done();
      },
    }),
    route({
      method: "POST",
      path: "/api/auth/password",
      summary: "Changes the caller's password and revokes all other tokens",
      doc: docs.password,
      policy: policy.account,
      body: passwordBody,
      async handle({ request, body }) {
        const who = await callerOf(directory, request);
        return json(200, { revoked: await accounts.changePassword(who, body.current_password, body.password) });
      },
    }),
    route({
      method: "POST",
      path: "/api/auth/reset",
      summary: "Sets a password by an operator's one-time code",
      doc: docs.reset,
      policy: policy.open,
      limit: limits.reset,
      body: resetBody,
      async handle({ body }) {
        await accounts.resetPassword(body, body.code);
        return done();
      },
    }),
    route({
      method: "DELETE",
      path: "/api/auth/account",
      summary: "Forgets the caller and everything of it",
      doc: docs.remove,
      policy: policy.account,
      body: removeBody,
      async handle({ request, body }) {
        await accounts.remove(await callerOf(directory, request), body.password ?? "");
        return done();
      },
    }),
  ];
}

function deviceOf(request: Request, name: string | null | undefined): Device {
  return { name: name ?? null, userAgent: request.headers.get("user-agent")?.slice(0, MAX_USER_AGENT) ?? null };
}

function done(): Response {
  return new Response(null, { status: 204 });
}
