import { DomainError } from "../../core/errors/errors.ts";
import type { Seat } from "../../core/sessions/seat.ts";
import type { Listener, MailLink } from "../../core/signaling/listener.ts";
import type { Mailbox } from "../../core/signaling/mailbox.ts";
import { problemOf, Refusal, type Problem } from "../../transport/http/refusal.ts";
import { TOO_MANY, type Meter } from "../../transport/limits/meter.ts";
import type { Connection, LiveSocket, MessageRule } from "../../transport/websocket/socket.ts";
import { closes, type Close } from "./signaling-closes.ts";
import { presentError, presentFrame, presentJoined, presentLeft, presentPeer } from "./signaling-present.ts";
import { readFrame, readHandshake, type Frame, type Handshake } from "./signaling-schema.ts";

/** What may wait for a store before the socket is closed: far more than a peer has reason to send at once. */
const MAX_PENDING = { frames: 512, chars: 1024 * 1024 };

/** Who may send each frame, and what it counts as. A peer speaks to those in its session alone. */
export const messages = {
  join: { policy: "introduction", counts: "presence" },
  leave: { policy: "member", counts: "presence" },
  offer: { policy: "member", counts: "signal" },
  answer: { policy: "member", counts: "signal" },
  "ice-candidate": { policy: "member", counts: "signal" },
} as const satisfies Record<Frame["type"], MessageRule>;

/** What a peer may do, where tokens are asked for. */
export interface SignalingAccess {
  /** The caller's seat as this peer; null: it has none. `any`: it needs none. */
  seatOf(session: string, peer: string): Promise<Seat | "any" | null>;
  /** The caller signals in that seat until the function that comes back is called. */
  hold(seat: Seat): () => void;
  /** In ms, of a clock that never jumps. */
  now(): number;
  /** It has posted from there. */
  acted(seat: Seat): void;
}

/** How long a peer is believed to be in its session while it posts, in ms: whoever is removed is told of anyway. */
const SEATED_MS = 1_000;

/** One peer's WebSocket: its frames into the mailbox, the mailbox's letters out. */
export class SignalingConnection implements Connection {
  readonly #mailbox: Mailbox;
  readonly #query: URLSearchParams;
  readonly #access: SignalingAccess;
  readonly #meter: Meter;
  #socket: LiveSocket | null = null;
  #handshake: Handshake | null = null;
  /** Null while the peer is in no session. */
  #listener: Listener | null = null;
  #release = (): void => undefined;
  /** Null: it needs none, or is in no session. */
  #seat: Seat | null = null;
  #seatedAt = -Infinity;
  #closed = false;
  /** Frames are handled one after the other, in the order they came. */
  #work: Promise<void> = Promise.resolve();
  readonly #pending = { frames: 0, chars: 0 };

  constructor(mailbox: Mailbox, query: URLSearchParams, { access, meter }: { access: SignalingAccess; meter: Meter }) {
    this.#mailbox = mailbox;
    this.#query = query;
    this.#access = access;
    this.#meter = meter;
  }

  open(socket: LiveSocket): Promise<void> {
    this.#socket = socket;
    return this.#inTurn(0, async () => {
      try {
        this.#handshake = readHandshake(this.#query);
      } catch (error) {
        return this.#turnAway(error);
      }
      const { session_id, after } = this.#handshake;
      if (session_id !== undefined) await this.#enter(session_id, after);
    });
  }

  text(text: string): Promise<void> {
    return this.#inTurn(text.length, async () => {
      if (this.#closed || this.#handshake === null) return;
      try {
        const frame = readFrame(text);
        if (!this.#meter.take(messages[frame.type].counts)) throw new DomainError("too_many_messages");
        await this.#handle(frame, this.#handshake.peer_id);
      } catch (error) {
        if (this.#meter.isFlood) {
          this.#refuse(error);
          this.#end(TOO_MANY);
        } else if (endsIt(error)) this.#turnAway(error);
        else this.#refuse(error);
      }
    });
  }

  binary(): void {
    this.#socket?.send(presentError("Frames are text, not binary."));
  }

  pong(mark: string): void {
    this.#listener?.confirm(mark);
  }

  closed(): void {
    this.#closed = true;
    this.#leaveSeat();
    this.#listener?.leave();
  }

  async #handle(frame: Frame, peer: string): Promise<void> {
    if ((frame.peer_id ?? peer) !== peer || (frame.from ?? peer) !== peer) {
      throw new DomainError("bad_message", `peer_id: this socket is ${peer}'s`);
    }
    if (frame.type === "join") return this.#join(frame.session_id ?? undefined);
    const { session } = this.#inSession(frame.session_id ?? undefined);
    if (frame.type === "leave") {
      this.#listener?.leave();
      this.#listener = null;
      this.#leaveSeat();
      this.#socket?.send(presentLeft(session));
      return;
    }
    const to = frame.to_peer_id ?? frame.target_peer_id ?? frame.to ?? null;
    if (!(await this.#isStillSeated())) throw NOT_IN_SESSION();
    await this.#mailbox.post({ session, kind: frame.type, from: peer, to, content: contentOf(frame) });
    if (this.#seat !== null) this.#access.acted(this.#seat);
  }

  /** So that not each message of a burst is looked up, what was found counts for a moment. */
  async #isStillSeated(): Promise<boolean> {
    const seat = this.#seat;
    if (seat === null || this.#access.now() - this.#seatedAt < SEATED_MS) return true;
    const found = await this.#access.seatOf(seat.session, seat.peer);
    this.#seatedAt = this.#access.now();
    return found !== null;
  }

  #leaveSeat(): void {
    this.#release();
    this.#release = () => undefined;
    this.#seat = null;
  }

  /** A join names the session of the handshake, or the first one of a socket that named none. */
  async #join(session: string | undefined): Promise<void> {
    if (this.#listener === null && session !== undefined) await this.#enter(session, this.#handshake?.after);
    if (this.#closed || (this.#listener?.ended ?? false)) return;
    const listener = this.#inSession(session);
    await listener.announce((peers) => this.#socket?.send(presentJoined(listener.session, peers)));
  }

  #inSession(named: string | undefined): Listener {
    const listener = this.#listener;
    if (listener === null) throw new DomainError("bad_message", "Join a session first.");
    if (named !== undefined && named !== listener.session) {
      throw new DomainError("bad_message", `session_id: this socket is in session ${listener.session}`);
    }
    return listener;
  }

  async #enter(session: string, after = 0): Promise<void> {
    const { peer_id: peer } = this.#handshake!;
    try {
      const seat = await this.#access.seatOf(session, peer);
      if (seat === null) throw NOT_IN_SESSION();
      this.#seat = seat === "any" ? null : seat;
      this.#seatedAt = this.#access.now();
      const part = this.#seat?.part ?? null;
      this.#listener = await this.#mailbox.listen({ session, peer, after, part }, this.#link(peer));
    } catch (error) {
      return this.#turnAway(error);
    }
    // The socket may have gone while the session was looked up.
    if (this.#closed) this.#listener.leave();
    else if (this.#seat !== null) this.#release = this.#access.hold(this.#seat);
  }

  #link(peer: string): MailLink {
    const socket = this.#socket!;
    return {
      deliver(mail, mark) {
        const frame = presentFrame(mail, peer);
        return mark === null ? socket.send(frame) : socket.sendMarked(frame, mark);
      },
      arrived: (other) => void socket.send(presentPeer("peer-joined", other)),
      departed: (other) => void socket.send(presentPeer("peer-left", other)),
      end: (why) => (why === "removed" ? this.#turnAway(NOT_IN_SESSION()) : this.#end(closes[why])),
    };
  }

  /** Tells the peer what is wrong. What nobody meant goes on to whoever called. */
  #refuse(error: unknown): Problem {
    const problem = problemOf(error);
    if (problem === null) throw error;
    this.#meter.answered(problem.code);
    this.#socket?.send(presentError(problem.message));
    return problem;
  }

  /** A browser cannot read a refused handshake, so the peer is told over the open connection. */
  #turnAway(error: unknown): void {
    this.#end(closeFor(this.#refuse(error).code));
  }

  #end({ code, reason }: Close): void {
    this.#closed = true;
    this.#leaveSeat();
    this.#listener?.leave();
    this.#socket?.close(code, reason);
  }

  /** Runs after everything that came before. An error is the caller's; what comes after runs all the same. */
  #inTurn(chars: number, run: () => Promise<void>): Promise<void> {
    const pending = this.#pending;
    pending.frames++;
    pending.chars += chars;
    if (pending.frames > MAX_PENDING.frames || pending.chars > MAX_PENDING.chars) this.#end(closes.flooding);
    const done = this.#work.then(run).finally(() => {
      pending.frames--;
      pending.chars -= chars;
    });
    this.#work = done.catch(() => undefined);
    return done;
  }
}

const NOT_IN_SESSION = (): Refusal => new Refusal("forbidden", "You are not in this session.");

/** The session is over, or the peer is not in it any more. */
function endsIt(error: unknown): boolean {
  const code = problemOf(error)?.code;
  return code === "session_not_found" || code === "forbidden";
}

function closeFor(code: string): Close {
  switch (code) {
    case "session_not_found":
      return closes.closed;
    case "forbidden":
      return closes.forbidden;
    case "draining":
      return closes.restarting;
    case "store_unavailable":
      return closes.unavailable;
    default:
      return closes.badHandshake;
  }
}

/** What the sender said, without the addresses. */
function contentOf(frame: Extract<Frame, { type: "offer" | "answer" | "ice-candidate" }>): string {
  if (frame.type !== "ice-candidate") return JSON.stringify({ sdp: frame.sdp });
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = frame;
  return JSON.stringify({ candidate, sdpMid, sdpMLineIndex, usernameFragment });
}
