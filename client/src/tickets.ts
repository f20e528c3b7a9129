import { Http, type CallOptions, type ClientOptions } from "./http.ts";
import type { Answer } from "./types.ts";

/**
 * One-time stand-ins for a token, for handshakes that can carry no header. The sockets of this package fetch their own;
 * this is for an EventSource, or a WebSocket of yours.
 *
 * @example
 * import { Tickets } from "rendezvous-client";
 *
 * const tickets = new Tickets({ url: "http://127.0.0.1:8080" });
 * const { ticket, expires_in } = await tickets.issue();
 * console.log(`ws://127.0.0.1:8080/signaling?roomId=r&ticket=${ticket}`, "good for", expires_in, "seconds");
 */
export class Tickets {
  readonly #http: Http;

  constructor(options?: ClientOptions) {
    this.#http = new Http(options);
  }

  /** A ticket, good for one handshake. */
  issue(call?: CallOptions): Promise<Answer<"issueTicket">> {
    return this.#http.json("POST", "/api/tickets", call);
  }
}
