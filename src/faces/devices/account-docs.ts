import { z } from "zod";
import { problem } from "../../core/errors/errors.ts";
import type { RouteDoc } from "../../transport/http/documentation.ts";
import { time } from "./http-fields.ts";
import { unknownCaller } from "./http-docs.ts";

const signedIn = z
  .object({
    email: z.string(),
    token: z.uuid().meta({ description: "Shown this once: only its hash is kept." }),
    token_id: z.uuid().meta({ description: "Names the token in the list of tokens." }),
    expires_at: time,
  })
  .meta({ id: "SignedIn" });

const token = z
  .object({
    id: z.uuid(),
    name: z.string().nullable(),
    user_agent: z.string().nullable(),
    created_at: time,
    last_used_at: time.meta({ description: "To within five minutes." }),
    expires_at: time,
    current: z.boolean().meta({ description: "True of the token that the list was asked for with." }),
  })
  .meta({ id: "AccountToken" });

const ID = "7b0b5e3f-6f2d-4c1c-9a57-0d3b8a2f4e11";
const SIGNED_IN = {
  email: "alice@example.com",
  token: "f3b1c9d2-8a54-4e0f-b6c7-2d9e1a7f5c30",
  token_id: ID,
  expires_at: "2026-01-15T10:00:00Z",
};
const CREDENTIALS = { email: "alice@example.com", password: "correct horse battery" };

const revoked = z.object({ revoked: z.int().meta({ description: "How many tokens." }) });
const busy = [problem("passwords_busy")];
const noPassword = problem("no_password");
const guesses = problem("too_many_attempts");

export const docs = {
  signUp: {
    id: "signUp",
    description: "SIGNUP says who may: everybody, whoever has an invite, or nobody.",
    example: { body: CREDENTIALS },
    responses: { 201: { description: "The account is there.", schema: signedIn, example: SIGNED_IN } },
    refusals: [problem("signup_closed"), problem("bad_invite"), problem("account_exists"), ...busy],
  },
  signIn: {
    id: "signIn",
    description: "A wrong password and an address without an account are answered alike, and take as long.",
    example: { body: { ...CREDENTIALS, name: "Work laptop" } },
    responses: { 200: { description: "A token.", schema: signedIn, example: SIGNED_IN } },
    refusals: [problem("wrong_login"), guesses, ...busy],
  },
  signOut: {
    id: "signOut",
    asksForAccount: true,
    description: "Sockets that came with the token are closed.",
    responses: { 204: { description: "The token is good no longer." } },
    refusals: [...unknownCaller, noPassword],
  },
  tokens: {
    id: "listTokens",
    asksForAccount: true,
    responses: {
      200: {
        description: "Tokens that are still good.",
        schema: z.object({ tokens: z.array(token) }),
        example: {
          tokens: [
            {
              id: ID,
              name: "Work laptop",
              user_agent: "Mozilla/5.0",
              created_at: "2025-12-16T10:00:00Z",
              last_used_at: "2025-12-16T10:00:00Z",
              expires_at: "2026-01-15T10:00:00Z",
              current: true,
            },
          ],
        },
      },
    },
    refusals: unknownCaller,
  },
  revokeOthers: {
    id: "revokeOtherTokens",
    asksForAccount: true,
    description: "Sockets that came with one of them are closed.",
    responses: { 200: { description: "Revoked.", schema: revoked, example: { revoked: 2 } } },
    refusals: [...unknownCaller, noPassword],
  },
  revoke: {
    id: "revokeToken",
    asksForAccount: true,
    description: "Sockets that came with it are closed.",
    params: { id: "The `id` of a token in the list." },
    example: { params: { id: ID } },
    responses: { 204: { description: "The token is good no longer." } },
    refusals: [...unknownCaller, noPassword, problem("token_not_found")],
  },
  password: {
    id: "changePassword",
    asksForAccount: true,
    example: { body: { current_password: CREDENTIALS.password, password: "a longer horse battery" } },
    responses: {
      200: { description: "The other tokens are good no longer.", schema: revoked, example: { revoked: 0 } },
    },
    refusals: [...unknownCaller, noPassword, problem("wrong_password"), guesses, ...busy],
  },
  reset: {
    id: "resetPassword",
    description: "All tokens of the account are revoked. A wrong code and a wrong address are answered alike.",
    example: { body: { email: CREDENTIALS.email, code: "Pq3vX0mJ9sT2hK7wB1nYzg", password: "a longer horse battery" } },
    responses: { 204: { description: "The password is set; sign in with it." } },
    refusals: [problem("bad_code"), ...busy],
  },
  remove: {
    id: "deleteAccount",
    asksForAccount: true,
    description: "Its tokens, its contacts on both sides and its sockets end with it.",
    example: { body: { password: CREDENTIALS.password } },
    responses: { 204: { description: "Nothing of it is left." } },
    refusals: [...unknownCaller, problem("wrong_password"), guesses, ...busy],
  },
} satisfies Record<string, RouteDoc>;
