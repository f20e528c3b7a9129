import type { Server } from "bun";
import type { Call, Caller } from "./call.ts";
import type { Gate } from "./gate.ts";
import { isLocal } from "./local.ts";
import { paramsOf } from "./params.ts";

/**
 * A request on its way to its handler, and what is known of it so far: in the end, the call. Whatever takes a question to
 * the runtime is asked when somebody wants to know, and once.
 */
export class Exchange implements Call {
  readonly request: Request;
  readonly method: string;
  /** The request's name; empty: it has none. */
  readonly id: string;
  /** In ms, of the clock that never goes back. */
  readonly began: number;
  caller: Caller;
  body: unknown = undefined;
  query: unknown = undefined;
  readonly #server: Server<unknown>;
  readonly #gate: Gate;
  #peer: string | null = null;

  constructor(gate: Gate, request: Request, server: Server<unknown>, id: string, began: number) {
    this.request = request;
    this.method = request.method;
    this.id = id;
    this.began = began;
    this.caller = gate.guard.nobody;
    this.#server = server;
    this.#gate = gate;
  }

  /** The other end of the connection; see {@link peerOf}. */
  get peer(): string {
    return (this.#peer ??= peerOf(this.request, this.#server));
  }

  get params(): Readonly<Record<string, string>> {
    return paramsOf(this.request);
  }

  get address(): string {
    return this.#gate.proxies.addressOf(this.request, this.peer);
  }

  get origin(): string {
    return this.#gate.proxies.originOf(this.request, this.peer, this.#server.url.href);
  }

  // Handlers take a call apart, so that each of those that follow is a function of its own.

  get whenExpired(): Call["whenExpired"] {
    return (end) => this.#gate.expiries.at(this.caller.expiresAt, end);
  }

  get isLocal(): Call["isLocal"] {
    return () => isLocal(this.request, this.peer);
  }

  get url(): Call["url"] {
    return () => this.#gate.proxies.urlOf(this.request, this.peer, this.#server.url.href);
  }

  /** Gives a request more time than the runtime gives to all, in seconds. */
  allowSeconds(seconds: number): void {
    this.#server.timeout(this.request, seconds);
  }
}

/** The connection of a request, whose other end is asked for when somebody wants to know. */
export function connectionOf(request: Request, server: Server<unknown>): { readonly peer: string } {
  return {
    get peer() {
      return peerOf(request, server);
    },
  };
}

/**
 * The address at the other end of the connection; IPv4-mapped IPv6 is written as IPv4, and an unknown one as the
 * unspecified address.
 */
export function peerOf(request: Request, server: Server<unknown>): string {
  const address = server.requestIP(request)?.address ?? "0.0.0.0";
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
