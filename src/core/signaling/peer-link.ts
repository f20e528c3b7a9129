import type { IceServer } from "../credentials/ice-servers.ts";
import type { ErrorCode } from "../errors/catalogue.ts";

/** What a peer hears first: who it is and who is there. */
export interface Welcome {
  readonly peerId: string;
  /** The others, in order of arrival. */
  readonly peers: readonly string[];
  /** The peer's part in perfect negotiation: true if others were there before it. */
  readonly polite: boolean;
  readonly iceServers: readonly IceServer[];
  /** Unguessable; brings the peer back to its seat. */
  readonly resumeToken: string;
}

/** What a peer hears after its welcome. Each is one frame in the peer's running count. */
export type Notice =
  /** With the ICE servers that the hearer was not given before. */
  | { readonly type: "joined"; readonly peerId: string; readonly iceServers?: readonly IceServer[] }
  | { readonly type: "left"; readonly peerId: string }
  /** Another peer's message, opaque and already in the form the receiver gets. */
  | { readonly type: "signal"; readonly payload: string }
  | { readonly type: "refused"; readonly code: ErrorCode; readonly message: string };

/** The connection a seated peer is reached by; written by a face. */
export interface PeerLink {
  welcome(welcome: Welcome): void;
  /** The answer to a token. `recovered` false: a welcome or a refusal follows. */
  resumed(recovered: boolean): void;
  /**
   * Writes one notice. `number` is to come back through `Peer.confirm`, later, once the other end has it.
   * False if nothing was written: the connection is gone, or so far behind that it takes no more.
   */
  deliver(notice: Notice, number: number): boolean;
  /**
   * The connection is of no more use: another one has its seat, it took no more, or the room is run by another node
   * from now on, or by this one once it has restarted, where the peer should come back.
   */
  end(why: "replaced" | "stalled" | "moved" | "restarting"): void;
}
