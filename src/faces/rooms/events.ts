import { DomainError } from "../../core/errors/errors.ts";
import type { PeerLink } from "../../core/signaling/peer-link.ts";
import type { RoomDirectory } from "../../core/signaling/room-directory.ts";
import type { Entry, Peer } from "../../core/signaling/rooms.ts";
import type { Clock } from "../../ports/clock.ts";
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
  readonly clock: Clock;
  readonly meter: Meter;
  /** True: peers are to meet over TURN alone. */
  readonly relayOnly: boolean;
  /** Who the peer has proved to be. */
  readonly subject?: string | null;
}

/** The mark of the ping that asks whether a peer is still there; those behind notices carry numbers. */
const STILL_THERE = "here?";
/**
 * How long a connection that stays open may leave that ping unanswered, in ms, before its peer is believed. Where the peer
 * has hung up, that lies right behind the handshake.
 */
const ANSWER_MS = 500;

/**
 * One peer's connection: its events in, the core's notices out.
 *
 * A handshake may have lain here for long, before a process that was stopped, and its peer have given it up. It must not
 * take the seat that the peer has since gone back to elsewhere: a token counts once the peer has answered a ping.
 */
export class RoomConnection implements Connection {
  readonly #rooms: RoomDirectory;
  readonly #query: URLSearchParams;
  readonly #clock: Clock;
  readonly #subject: string | null;
  readonly #meter: Meter;
  readonly #relayOnly: boolean;
  #socket: LiveSocket | null = null;
  /** The peer has answered something over this connection, if only a ping. */
  #isThere = false;
  /** Ends the wait for the first answer; false: the connection is gone. */
  #answered: (isThere: boolean) => void = () => undefined;
  /** Null until the peer is seated, and when it is not let in. */
  #peer: Peer | null = null;
  /** What came before the peer was seated, in order. Null when nothing is taken any more. */
  #early: ((peer: Peer) => void)[] | null = [];
  #earlyChars = 0;

  constructor(rooms: RoomDirectory, query: URLSearchParams, how: RoomConnectionOptions) {
    this.#rooms = rooms;
    this.#query = query;
    this.#clock = how.clock;
    this.#subject = how.subject ?? null;
    this.#meter = how.meter;
    this.#relayOnly = how.relayOnly;
  }

  async open(socket: LiveSocket): Promise<void> {
    this.#socket = socket;
    try {
      const entry = this.#entry();
      socket.ping(STILL_THERE);
      if (entry.resume === undefined || (await this.#answers())) {
        const peer = await this.#rooms.enter(entry, linkOver(socket, this.#relayOnly));
        this.#peer = peer;
        for (const event of this.#early ?? []) event(peer);
      }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.#meter.answered(error.code);
      const refusal = presentRefusal(error);
      socket.send(refusal.frame);
      this.end(refusal.close);
    }
    this.#early = null;
  }

  text(text: string): void {
    // What came before the welcome may be as old as the handshake.
    if (this.#peer !== null) this.#isThere = true;
    this.#whenSeated((peer) => this.#hear(peer, text), text.length);
  }

  binary(): void {
    this.#whenSeated((peer) => peer.refuse("bad_message", "Frames are text, not binary."), 0);
  }

  pong(mark: string): void {
    this.#isThere = true;
    this.#answered(true);
    if (mark !== STILL_THERE) this.#peer?.confirm(Number(mark));
  }

  closed(code: number): void {
    this.#answered(false);
    // Nobody comes back for a seat of which it may never have heard.
    const how = this.#isThere ? howItEnded(code) : "closed";
    if (this.#peer === null) this.#early?.push((peer) => peer.disconnected(how));
    else this.#peer.disconnected(how);
  }

  /** False if the connection ended first. */
  #answers(): Promise<boolean> {
    return new Promise((answered) => {
      const timer = this.#clock.after(ANSWER_MS, () => this.#answered(true));
      this.#answered = (isThere) => {
        timer.cancel();
        this.#isThere ||= isThere;
        answered(isThere);
      };
    });
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
      this.#meter.answered(error.code);
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
