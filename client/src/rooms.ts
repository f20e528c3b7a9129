import { Http, type ClientOptions } from "./http.ts";
import { Room } from "./room.ts";

/** Where a room is. */
export interface JoinOptions {
  /** What a find handed out. Default: `/signaling` of the server. */
  readonly signalingUrl?: string;
}

/**
 * Rooms, in which peers signal.
 *
 * @example
 * import { Rooms } from "rendezvous-client";
 *
 * const rooms = new Rooms({ url: "http://127.0.0.1:8080" });
 * const name = crypto.randomUUID();
 * const [host, player] = [rooms.join(name), rooms.join(name)];
 * await Promise.all([host.ready, player.ready]);
 * console.log(host.peerId, "and", player.peerId, "are here");
 *
 * player.on("message", ({ type, from }) => {
 *   console.log(type, "of", from);
 *   player.leave();
 * });
 * player.on("closed", () => host.leave());
 * host.send({ type: "offer", sdp: "v=0 (an offer)" }, player.peerId!);
 */
export class Rooms {
  readonly #http: Http;

  constructor(options?: ClientOptions) {
    this.#http = new Http(options);
  }

  /** Joins a room; it comes into being with its first peer. Whoever knows the name may enter: make it unguessable. */
  join(roomId: string, { signalingUrl }: JoinOptions = {}): Room {
    const url = signalingUrl ?? this.#http.address("/signaling").href;
    return new Room(this.#http, url.replace(/^ws/, "http"), roomId);
  }
}
