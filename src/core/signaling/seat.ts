import type { Timer } from "../../ports/clock.ts";
import { Outbox, type OutboxBounds } from "./outbox.ts";
import type { Notice, PeerLink } from "./peer-link.ts";

/** What a seat keeps for a peer that is away. Beyond it the peer has left. */
export const OUTBOX_BOUNDS: OutboxBounds = { frames: 256, bytes: 1024 * 1024 };

/** What a notice weighs besides its payload, in bytes. */
const NOTICE_BYTES = 128;

/**
 * A peer's place in a room. It outlives the peer's connection for a while: `lost` after a connection that broke,
 * `leaving` after one that was closed properly.
 */
export class Seat {
  readonly roomId: string;
  readonly peerId: string;
  /** Known to its peer alone. */
  readonly secret: string;
  /** Who the peer's token says it is; null where it was not asked. */
  readonly subject: string | null;
  /** False while the peer has been given no TURN servers, because there was nobody to meet. */
  hasServers = true;
  /** Set while the subject counts as matched for this seat. */
  unmatch: (() => void) | null = null;
  /** Null unless the seat is `live`. */
  link: PeerLink | null;
  state: "live" | "lost" | "leaving" | "gone" = "live";
  /** The peer's last word was a bye to everybody, so that its close means that it leaves. */
  saidBye = false;
  readonly #outbox = new Outbox<Notice>(OUTBOX_BOUNDS);
  #timer: Timer | null = null;

  constructor(place: Pick<Seat, "roomId" | "peerId" | "secret" | "subject">, link: PeerLink) {
    this.roomId = place.roomId;
    this.peerId = place.peerId;
    this.secret = place.secret;
    this.subject = place.subject;
    this.link = link;
  }

  add(notice: Notice): void {
    this.#outbox.add(notice, NOTICE_BYTES + (notice.type === "signal" ? Buffer.byteLength(notice.payload) : 0));
  }

  /** Writes what waits, as far as the link takes it. False if the link failed. */
  flush(): boolean {
    const { link } = this;
    if (link === null) return true;
    for (const { item, number } of this.#outbox.waiting()) {
      if (!link.deliver(item, number)) return false;
      this.#outbox.wrote(number);
    }
    return true;
  }

  /** False if more waits than a seat may keep. */
  fits(): boolean {
    return this.#outbox.fit();
  }

  confirm(number: number): void {
    this.#outbox.confirm(number);
  }

  unwrote(number: number): void {
    this.#outbox.unwrote(number);
  }

  /** The peer that says so is connected by now, and has said more there: it spoke before it came back. */
  isOutdated(received: number | undefined): boolean {
    return this.state === "live" && this.#outbox.isBehind(received);
  }

  /** False if it cannot be known which frames the peer lacks; see {@link Outbox.rewind}. */
  rewind(received: number | undefined): boolean {
    return this.#outbox.rewind(received);
  }

  /** Seats the peer's new connection in place of the one it had, if any. */
  take(link: PeerLink): void {
    this.#become("live", link)?.end("replaced");
  }

  /** Keeps the place without a connection; `timer` ends it. */
  hold(state: "lost" | "leaving", timer: Timer): void {
    this.#become(state, null)?.end("stalled");
    this.#timer = timer;
  }

  vacate(why: "replaced" | "moved" | "restarting" = "replaced"): void {
    this.endMatch();
    this.#become("gone", null)?.end(why);
  }

  endMatch(): void {
    this.unmatch?.();
    this.unmatch = null;
  }

  /** The new state stands before anybody is told: closing a connection may come back here at once. */
  #become(state: Seat["state"], link: PeerLink | null): PeerLink | null {
    const former = this.link;
    this.#timer?.cancel();
    this.#timer = null;
    this.state = state;
    this.link = link;
    return former;
  }
}
