import { DomainError } from "../../core/errors/errors.ts";
import type { PeerLink } from "../../core/signaling/peer-link.ts";
import type { RoomDirectory } from "../../core/signaling/room-directory.ts";
import type { Entry, Peer } from "../../core/signaling/rooms.ts";
import type { Meter } from "../../transport/limits/meter.ts";
import type { Connection, LiveSocket, MessageRule } from "../../transport/websocket/socket.ts";
import { closes, howItEnded, presentRefusal, type Close } from "./errors.ts";
import { presentNotice, presentResumed, presentWelcome, relayedFrame, withSender } from "./present.ts";
import { readFrame, readHandshake, type Frame } from "./schema.ts";

/** What a peer may send before it is seated: frames, and characters of them. */
const EARLY_FRAMES = 64;
const EARLY_CHARS = 1024 * 1024;

/** Who may send each frame, and what it counts as. A peer speaks to those in its room alone. */
export const messages = {
  offer: { policy: "member", counts: "signal" },
  answer: { policy: "member", counts: "signal" },
  "ice-candidate": { policy: "member", counts: "signal" },
  bye: { policy: "member", counts: "presence" },
} as const satisfies Record<Frame["type"], MessageRule>;

export interface RoomConnectionOptions {
  readonly meter: Meter;
  /** True: peers are to meet over TURN alone. */
  readonly relayOnly: boolean;
  /** Who the peer has proved to be. */
  readonly subject?: string | null;
}

/** One peer's connection: its events in, the core's notices out. */
export class RoomConnection implements Connection {
  readonly #rooms: RoomDirectory;
  readonly #query: URLSearchParams;
  readonly #subject: string | null;
  readonly #meter: Meter;
  readonly #relayOnly: boolean;
  #socket: LiveSocket | null = null;
  /** Null until the peer is seated, and when it is not let in. */
  #peer: Peer | null = null;
  /** What came before the peer was seated, in order. Null when nothing is taken any more. */
  #early: ((peer: Peer) => void)[] | null = [];
  #earlyChars = 0;

  constructor(rooms: RoomDirectory, query: URLSearchParams, how: RoomConnectionOptions) {
    this.#rooms = rooms;
    this.#query = query;
    this.#subject = how.subject ?? null;
    this.#meter = how.meter;
    this.#relayOnly = how.relayOnly;
  }

  async open(socket: LiveSocket): Promise<void> {
    this.#socket = socket;
    try {
      const peer = await this.#rooms.enter(this.#entry(), linkOver(socket, this.#relayOnly));
      this.#peer = peer;
      for (const event of this.#early ?? []) event(peer);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const refusal = presentRefusal(error);
      socket.send(refusal.frame);
      this.end(refusal.close);
    }
    this.#early = null;
  }

  text(text: string): void {
    this.#whenSeated((peer) => this.#hear(peer, text), text.length);
  }

  binary(): void {
    this.#whenSeated((peer) => peer.refuse("bad_message", "Frames are text, not binary."), 0);
  }

  pong(mark: string): void {
    this.#peer?.confirm(Number(mark));
  }

  closed(code: number): void {
    const how = howItEnded(code);
    if (this.#peer === null) this.#early?.push((peer) => peer.disconnected(how));
    else this.#peer.disconnected(how);
  }

  #whenSeated(event: (peer: Peer) => void, chars: number): void {
    if (this.#peer !== null) return event(this.#peer);
    if (this.#early === null || this.#earlyChars > EARLY_CHARS) return;
    this.#earlyChars += chars;
    if (this.#early.length < EARLY_FRAMES && this.#earlyChars <= EARLY_CHARS) this.#early.push(event);
    else {
      // Nothing after a frame that was left out may be heard either.
      this.#earlyChars = Infinity;
      this.end(closes.tooEarly);
    }
  }

  #entry(): Entry {
    const entry = readHandshake(this.#query);
    return this.#subject === null ? entry : { ...entry, subject: this.#subject };
  }

  end(close: Close): void {
    this.#socket?.close(close.code, close.reason);
  }

  #hear(peer: Peer, text: string): void {
    try {
      const frame = readFrame(text);
      if (!this.#meter.take(messages[frame.type].counts)) throw new DomainError("too_many_messages");
      const payload = this.#relayOnly ? relayedFrame(frame, peer.id) : withSender(text, frame, peer.id);
      if (payload !== null) peer.send({ to: frame.to, farewell: frame.type === "bye", payload });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      peer.refuse(error.code, error.message);
      if (this.#meter.isFlood) this.end(closes.flooding);
    }
  }
}

function linkOver(socket: LiveSocket, relayOnly: boolean): PeerLink {
  return {
    welcome: (welcome) => void socket.send(presentWelcome(welcome, relayOnly)),
    resumed: (recovered) => void socket.send(presentResumed(recovered)),
    deliver: (notice, number) => socket.sendMarked(presentNotice(notice), String(number)),
    end: (why) => socket.close(closes[why].code, closes[why].reason),
  };
}
