// Every way a call or a socket can fail, as classes. Which one it is goes by the status and the code of docs/errors.md.

/** What more is known of a failure. */
export interface ErrorDetails {
  /** The code of docs/errors.md, where the face says one. */
  readonly code?: string | undefined;
  /** The HTTP status, or the code that a socket was closed with. */
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/**
 * Whatever goes wrong with the server. `message` is the server's own sentence.
 *
 * @example
 * import * as rendezvous from "rendezvous-client";
 *
 * function explain(error: unknown): string {
 *   if (error instanceof rendezvous.NotFound) return `there is no such thing: ${error.message}`;
 *   if (error instanceof rendezvous.InvalidRequest) return `asked wrongly: ${error.message}`;
 *   if (error instanceof rendezvous.Unauthorized) return "sign in again";
 *   if (error instanceof rendezvous.Forbidden) return "not for you";
 *   if (error instanceof rendezvous.Conflict) return `something is in the way (${error.code})`;
 *   if (error instanceof rendezvous.RateLimited) return `too much; wait ${error.retryAfterMs} ms`;
 *   if (error instanceof rendezvous.Unavailable) return "try again shortly";
 *   if (error instanceof rendezvous.Unreachable) return "is the network there?";
 *   if (error instanceof rendezvous.Replaced) return "open somewhere else";
 *   if (error instanceof rendezvous.PeerFailed) return `no way to the other: ${error.message}`;
 *   if (error instanceof rendezvous.RendezvousError) return `${error.status} ${error.message}`;
 *   throw error;
 * }
 *
 * const coordinator = new rendezvous.Coordinator({ url: "http://127.0.0.1:8080" });
 * await coordinator.host("nobody").catch((error: unknown) => console.log(explain(error)));
 */
export class RendezvousError extends Error {
  /** The code of docs/errors.md; null where the face has words alone. */
  readonly code: string | null;
  /** The HTTP status, or the code that a socket was closed with; 0: there was no answer. */
  readonly status: number;
  /** When it makes sense to try again, in ms; null: the server did not say. */
  readonly retryAfterMs: number | null;

  constructor(message: string, { code, status, retryAfterMs, cause }: ErrorDetails = {}) {
    super(message, { cause });
    this.name = new.target.name;
    this.code = code ?? null;
    this.status = status ?? 0;
    this.retryAfterMs = retryAfterMs ?? null;
  }
}

/** The request has the wrong form, or what it asks for cannot be (400, 413, 415, 422; a socket: 1008). */
export class InvalidRequest extends RendezvousError {}

/** No token, or one that is not good (401; a socket: 4401). */
export class Unauthorized extends RendezvousError {}

/** Not for this token (403; a socket: 4403). */
export class Forbidden extends RendezvousError {}

/** There is no such thing, or no longer (404; a socket: 4004). */
export class NotFound extends RendezvousError {}

/** Something else is in the way, such as an account of that name or a full room (409). */
export class Conflict extends RendezvousError {}

/** Too many calls (429). They were repeated by themselves as often as `retries` says. */
export class RateLimited extends RendezvousError {}

/** The server cannot do it right now (503). That was repeated by itself as well. */
export class Unavailable extends RendezvousError {}

/** Nobody answers: no network, no server, or another origin that may not call. */
export class Unreachable extends RendezvousError {}

/** A newer connection has taken this one's place (a socket: 4001). */
export class Replaced extends RendezvousError {}

/** No connection to the other peer came about, or it has gone. */
export class PeerFailed extends RendezvousError {}

const byStatus: Readonly<Record<number, typeof RendezvousError>> = {
  400: InvalidRequest,
  401: Unauthorized,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  413: InvalidRequest,
  415: InvalidRequest,
  422: InvalidRequest,
  429: RateLimited,
  503: Unavailable,
  1008: InvalidRequest,
  4001: Replaced,
  4004: NotFound,
  4401: Unauthorized,
  4403: Forbidden,
};

/** The error of a status or close code. */
export function errorOf(status: number, message: string, details: ErrorDetails = {}): RendezvousError {
  return new (byStatus[status] ?? RendezvousError)(message, { ...details, status });
}

/** Reads what a face says in its own shape. */
export async function refusalOf(response: Response): Promise<RendezvousError> {
  const text = await response.text().catch(() => "");
  const after = Number(response.headers.get("retry-after") ?? NaN);
  const retryAfterMs = after >= 0 ? after * 1000 : undefined;
  const { message, code } = wordsOf(text);
  return errorOf(response.status, message || `HTTP ${response.status}`, { code, retryAfterMs });
}

/** What the faces answer, of which each has its own part. */
interface Words {
  readonly error?: string | { readonly message: string };
  readonly message?: string;
  readonly detail?: string | readonly Fault[];
  readonly code?: string;
}

interface Fault {
  readonly loc: readonly unknown[];
  readonly msg: string;
}

function wordsOf(text: string): { readonly message: string; readonly code?: string | undefined } {
  try {
    const { error, message, detail, code } = JSON.parse(text) as Words;
    if (typeof detail === "string") return { message: detail };
    if (detail !== undefined) return { message: detail.map(faultOf).join("; ") };
    if (typeof error === "object") return { message: error.message };
    // Some faces say their code in `error` and words in `message`, others words in `error`.
    if (error !== undefined && message !== undefined) return { message, code: error };
    return { message: error ?? message ?? "", code };
  } catch {
    return { message: "" };
  }
}

function faultOf({ loc, msg }: Fault): string {
  return `${loc.slice(1).join(".")}: ${msg}`;
}
