// Calls over HTTP: the token goes along, refusals become errors, and what is worth repeating is repeated.
import { refusalOf, RendezvousError, Unauthorized, Unreachable } from "./errors.ts";
import { backoff, pause } from "./time.ts";
import { Tokens, type TokenProvider } from "./tokens.ts";

/** Where the server is, and what the client may use. The same for every class. */
export interface ClientOptions {
  /** Such as `https://play.example.org`. Default: where the page came from. */
  readonly url?: string | URL;
  /** Hands out a token, for a server with AUTH_MODE=token, and for accounts and contacts. */
  readonly token?: TokenProvider;
  /** How often a call is repeated after 429, 503 or without an answer, and what the longest wait is, in ms. */
  readonly retries?: number;
  readonly longestWaitMs?: number;
  /** Default: that of the platform. */
  readonly fetch?: (input: URL, init: RequestInit) => Promise<Response>;
  /** Default: that of the platform; Node has one since version 22. */
  readonly WebSocket?: new (url: string | URL) => WebSocket;
}

/** How one call is made. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** @internal */
export interface Call extends CallOptions {
  readonly body?: unknown;
  readonly query?: object | undefined;
  /** Repeating it may do something else: then only if the server is known not to have begun. */
  readonly once?: boolean;
  /** The request outlives the page. */
  readonly keepalive?: boolean;
  readonly accept?: string;
}

/** @internal */
export class Http implements ClientOptions {
  readonly url: URL;
  readonly tokens: Tokens;
  readonly options: ClientOptions;

  constructor(options: ClientOptions = {}) {
    const { url, token } = options;
    this.options = options;
    this.url = new URL(url ?? (globalThis as { location?: Location }).location?.origin ?? "http://127.0.0.1:8080");
    this.tokens = new Tokens(token);
  }

  /** An `Http` where options are due: whoever makes one class for another shares its token. */
  static of(options?: ClientOptions): Http {
    return options instanceof Http ? options : new Http(options);
  }

  /** The address of a path, with whatever stands in the query. */
  address(path: string, query: object = {}): URL {
    const address = new URL(this.url.pathname.replace(/\/$/, "") + path, this.url);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null) address.searchParams.set(name, String(value));
    }
    return address;
  }

  /** The JSON of an answer; undefined: it has none. */
  async json<Answer>(method: string, path: string, call: Call = {}): Promise<Answer> {
    const text = await this.text(method, path, call);
    return (text === "" ? undefined : JSON.parse(text)) as Answer;
  }

  async text(method: string, path: string, call: Call = {}): Promise<string> {
    return (await this.response(method, path, call)).text();
  }

  /** An answer with a good status. Throws what `refusalOf` makes of any other. */
  async response(method: string, path: string, call: Call = {}): Promise<Response> {
    const { retries = 4, longestWaitMs = 30_000 } = this.options;
    let refreshed = false;
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#try(method, path, call);
      if (!(outcome instanceof RendezvousError)) return outcome;
      if (outcome instanceof Unauthorized && !refreshed && this.tokens.forget()) {
        refreshed = true;
        continue;
      }
      const wait = waitAfter(outcome, attempt, method === "POST" && call.once === true);
      if (attempt >= retries || wait === null || wait > longestWaitMs) throw outcome;
      await pause(wait, call.signal);
    }
  }

  /** A one-time stand-in for the token, for a handshake that can carry no header; null: without tokens. */
  async ticket(): Promise<string | null> {
    if ((await this.tokens.get()) === null) return null;
    return (await this.json<{ ticket: string }>("POST", "/api/tickets")).ticket;
  }

  async #try(method: string, path: string, { body, query, signal, keepalive, accept }: Call) {
    const token = await this.tokens.get();
    const headers: Record<string, string> = {};
    if (body !== undefined) headers["content-type"] = "application/json";
    if (accept) headers["accept"] = accept;
    if (token) headers["authorization"] = `Bearer ${token}`;
    // What is undefined is left out by whoever reads it.
    const init = { method, headers, body: JSON.stringify(body, exact), signal, keepalive };
    const ask = this.options.fetch ?? fetch;
    try {
      const response = await ask(this.address(path, query), init as RequestInit);
      return response.ok ? response : await refusalOf(response);
    } catch (cause) {
      signal?.throwIfAborted();
      return new Unreachable(`${this.url.origin} does not answer`, { cause });
    }
  }
}

/** How long to wait before the call is repeated, in ms; null: it is not. */
function waitAfter(error: RendezvousError, attempt: number, once: boolean): number | null {
  const { status, retryAfterMs } = error;
  if (retryAfterMs !== null && (status === 429 || !once)) return retryAfterMs + backoff(attempt);
  return error instanceof Unreachable && !once ? backoff(attempt) : null;
}

/** Whole numbers that JSON's own cannot hold go as text. */
function exact(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
