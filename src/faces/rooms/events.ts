import { DomainError } from "../../core/errors/errors.ts";
import type { PeerLink } from "../../core/signaling/peer-link.ts";
import type { Peer, Rooms } from "../../core/signaling/rooms.ts";
import type { Connection, LiveSocket } from "../../transport/websocket/socket.ts";
import { closes, howItEnded, presentRefusal, type Close } from "./errors.ts";
import { presentNotice, presentResumed, presentWelcome, withSender } from "./present.ts";
import { readFrame, readHandshake } from "./schema.ts";

/** One peer's connection: its events in, the core's notices out. */
export class RoomConnection implements Connection {
  readonly #rooms: Rooms;
  readonly #query: URLSearchParams;
  #socket: LiveSocket | null = null;
  /** Null until the peer is seated, and when it is not let in. */
  #peer: Peer | null = null;

  constructor(rooms: Rooms, query: URLSearchParams) {
    this.#rooms = rooms;
    this.#query = query;
  }

  open(socket: LiveSocket): void {
    this.#socket = socket;
    try {
      this.#peer = this.#rooms.enter(readHandshake(this.#query), linkOver(socket));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const refusal = presentRefusal(error);
      socket.send(refusal.frame);
      this.end(refusal.close);
    }
  }

  text(text: string): void {
    const peer = this.#peer;
    if (peer === null) return;
    try {
      const frame = readFrame(text);
      peer.send({ to: frame.to, farewell: frame.type === "bye", payload: withSender(text, frame, peer.id) });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      peer.refuse(error.code, error.message);
    }
  }

  binary(): void {
    this.#peer?.refuse("bad_message", "Frames are text, not binary.");
  }

  pong(mark: string): void {
    this.#peer?.confirm(Number(mark));
  }

  closed(code: number): void {
    this.#peer?.disconnected(howItEnded(code));
  }

  end(close: Close): void {
    this.#socket?.close(close.code, close.reason);
  }
}

function linkOver(socket: LiveSocket): PeerLink {
  return {
    welcome: (welcome) => void socket.send(presentWelcome(welcome)),
    resumed: (recovered) => void socket.send(presentResumed(recovered)),
    deliver: (notice, number) => socket.sendMarked(presentNotice(notice), String(number)),
    end: (why) => socket.close(closes[why].code, closes[why].reason),
  };
}
