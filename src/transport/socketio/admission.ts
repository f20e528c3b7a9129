import type { Socket as Connection } from "@socket.io/bun-engine/dist/socket.js";
import type { Server, Socket } from "socket.io";
import { bearerToken, type Credential } from "../http/bearer.ts";
import type { Caller } from "../http/call.ts";
import { callerOf, type Gate } from "../http/gate.ts";
import type { Grants } from "../http/policy.ts";
import { problemOf, Refusal } from "../http/refusal.ts";
import { urlOf } from "../http/url.ts";
import { meterOf } from "./accept.ts";

/** How long a client that is connected may take to say who it is, in ms. */
export const CONNECT_MS = 10_000;

const callers = new WeakMap<Socket, Caller>();

/** Who is behind a socket; null where nobody was asked. */
export function callerBehind(socket: Socket): Caller | null {
  return callers.get(socket) ?? null;
}

/** The id of the session a request belongs to; null for a new one, which is what the engine takes an empty id for. */
export function sessionOf(query: URLSearchParams): string | null {
  return query.get("sid") || null;
}

/**
 * Refuses a new session whose token is not good, so that what is wrong is answered as HTTP would. One that shows none may
 * still do so when it connects.
 *
 * @throws {Refusal} forbidden, and whatever the guard refuses a token with
 */
export async function checkSession(gate: Gate, policy: Grants, request: Request): Promise<void> {
  const { searchParams } = urlOf(request);
  if (!gate.guard.asks || sessionOf(searchParams) !== null) return;
  const token = bearerToken(request) ?? searchParams.get("access_token");
  if (token !== null) await callerOf(gate, policy, token);
}

/**
 * Asks whoever connects for a token: of the header, of `auth: {token}`, or of the query, where a ticket will do too. A
 * refusal reaches the client as `connect_error`, with its code in `data`. Ends each connection with its token.
 *
 * @param options `refused` hears of each that got no socket; `failed` of each error nobody meant
 */
export function admitSockets(
  io: Server,
  gate: Gate,
  options: { readonly policy: Grants; refused(connection: Socket["conn"]): void; failed(error: unknown): void },
): void {
  if (!gate.guard.asks) return;
  io.use((socket, next) => {
    callerOf(gate, options.policy, credentialOf(socket)).then(
      (caller) => {
        callers.set(socket, caller);
        if (caller.subject !== null) meterOf(socket).name(caller.subject);
        endWith(socket, caller.expiresAt, gate);
        next();
      },
      (error: unknown) => {
        const problem = problemOf(error);
        if (problem === null) options.failed(error);
        options.refused(socket.conn);
        const { code, message } = problem ?? new Refusal("internal");
        next(Object.assign(new Error(message), { data: { code } }));
      },
    );
  });
}

const NOTHING_SAID: Connection["request"] = { url: "", headers: {}, _query: {}, connection: { encrypted: false } };

/**
 * Forgets of the request that opened a connection what says nothing of who it comes from, which each of its sockets is
 * asked: its URL and its headers would take memory for as long as the connection lasts.
 */
export function keepCredential(connection: Connection, { guard }: Gate): void {
  const { headers, _query: query } = connection.request;
  const request = guard.asks
    ? {
        ...NOTHING_SAID,
        headers: only(headers, "authorization"),
        _query: { ...only(query, "ticket"), ...only(query, "access_token") },
      }
    : NOTHING_SAID;
  Object.assign(connection, { request });
}

function only(from: Readonly<Record<string, string>>, name: string): Record<string, string> {
  const value = from[name];
  return value === undefined ? {} : { [name]: value };
}

const SPENT = {};

/** Forgets what a socket said when it came, once that has been looked at: a token, and the time in many words. */
export function forgetHandshake(socket: Socket): void {
  Object.assign(socket, { handshake: SPENT });
}

/** How to take back the end of a connection. */
const ends = new WeakMap<object, () => void>();

/**
 * Ends a connection at this time, in ms, unless it ends before or comes with another token. It goes by the connection, not
 * by its socket: a client may give that up and stay.
 */
function endWith(socket: Socket, when: number | null, { expiries }: Gate): void {
  const { conn } = socket;
  // Whoever hung up while its token was looked at has closed already, and would never take it back.
  if (conn.readyState !== "open") return;
  const takeBack = ends.get(conn);
  if (takeBack === undefined) conn.on("close", over);
  else takeBack();
  const end = (): void => {
    // After a packet that says disconnect a client does not come back by itself with the same token.
    socket.disconnect(true);
    conn.close();
  };
  ends.set(conn, expiries.at(when, end));
}

function over(this: object): void {
  ends.get(this)?.();
}

function credentialOf({ handshake }: Socket): Credential | null {
  const { headers, auth, query } = handshake;
  const header = /^bearer +(\S+)\s*$/i.exec(headers.authorization ?? "")?.[1];
  const { token } = auth as { readonly token?: unknown };
  const { ticket, access_token: inQuery } = query;
  if (header !== undefined) return header;
  if (typeof token === "string") return token;
  if (typeof ticket === "string") return { ticket };
  return typeof inQuery === "string" ? inQuery : null;
}
