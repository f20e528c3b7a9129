import type { Mail, Mailboxes } from "../../ports/mailboxes.ts";
import type { Presence } from "../../ports/presences.ts";
import type { Part } from "../sessions/seat.ts";
import { Bell } from "./bell.ts";

/** What a presence says of itself once its peer is announced. */
const ANNOUNCED = "announced";

export function isAnnounced(presence: Presence | null): boolean {
  return presence?.value === ANNOUNCED;
}

/** Why a listener is ended by us. */
export type ListenerEnd = "replaced" | "stalled" | "closed" | "crowded" | "unavailable" | "removed";

/** Where and as whom to listen. */
export interface Place {
  readonly session: string;
  readonly peer: string;
  /** What was posted up to this cursor is known already; 0: nothing is. */
  readonly after: number;
  /** What the peer must be in the session as long as it listens; null or left out: nobody asks. */
  readonly part?: Part | null;
}

export interface ListenerDeps {
  readonly mailboxes: Mailboxes;
  /** Lets the others know of this one; answers with those who have done the same. */
  announce(listener: Listener, answer: (others: readonly string[]) => void): Promise<void>;
  left(listener: Listener): void;
}

/** The connection a listening peer is reached by; written by a face. */
export interface MailLink {
  /**
   * Writes one mail. With a mark, the mark is to come back through {@link Listener.confirm} once the other end has it.
   * False if nothing was written: the connection is gone, or so far behind that it takes no more.
   */
  deliver(mail: Mail, mark: string | null): boolean;
  /** Another peer has announced itself, or one that had is gone. Only for those who are announced themselves. */
  arrived(peer: string): void;
  departed(peer: string): void;
  /** The connection is of no more use. */
  end(why: ListenerEnd): void;
}

/** How many mails are read at once. */
const PAGE = 64;

/** How much is written before the other end has to confirm, in characters: far below what a socket may have unsent. */
const WINDOW = 256 * 1024;

/** One peer that is told of its mail as it comes. */
export class Listener {
  readonly session: string;
  readonly peer: string;
  readonly link: MailLink;
  readonly part: Part | null;
  /** True: the others of the session know that it is there. */
  announced: boolean;
  /** True: it hears of who comes and goes, if it is announced. */
  isAdmitted = false;
  /** True: the store has not been told yet that it is announced. */
  isUnsaid = false;
  readonly #presence: Presence;
  readonly #deps: ListenerDeps;
  readonly #bell = new Bell();
  #cursor: number;
  #ended = false;
  #dropped = false;
  /** The mark that is waited for; null: more may be written. */
  #unconfirmed: string | null = null;

  constructor(place: Place, link: MailLink, presence: Presence, announced: boolean, deps: ListenerDeps) {
    this.session = place.session;
    this.peer = place.peer;
    this.part = place.part ?? null;
    this.#cursor = place.after;
    this.link = link;
    this.#presence = presence;
    this.announced = announced;
    this.#deps = deps;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** That this peer is there, for the store and the other nodes. */
  get presence(): Presence {
    return this.announced ? this.asAnnounced : this.#presence;
  }

  get asAnnounced(): Presence {
    return { ...this.#presence, value: ANNOUNCED };
  }

  /**
   * Lets the others know of this peer. `answer` gets those who have done the same, and nobody arrives or departs between
   * them and what the link hears from then on; it is not called if the listener has ended by then.
   */
  announce(answer: (others: readonly string[]) => void): Promise<void> {
    return this.#deps.announce(this, answer);
  }

  /** What was written up to this mark has arrived. */
  confirm(mark: string): void {
    if (mark !== this.#unconfirmed) return;
    this.#unconfirmed = null;
    this.#bell.ring();
  }

  /** The connection is gone, or wants no more. */
  leave(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#bell.ring();
    this.#deps.left(this);
  }

  end(why: ListenerEnd): void {
    if (this.#ended) return;
    this.leave();
    this.link.end(why);
  }

  /** Writes mail until the listener ends. Rejects when the mail cannot be read. */
  async run(): Promise<void> {
    const selection = { reader: this.peer };
    const unwatch = await this.#deps.mailboxes.watch(this.session, selection, (what) => {
      this.#dropped ||= what === "dropped";
      this.#bell.ring();
    });
    try {
      while (!this.#ended) {
        if (this.#dropped) return this.end("closed");
        const page =
          this.#unconfirmed === null
            ? await this.#deps.mailboxes.read(this.session, selection, this.#cursor, PAGE)
            : [];
        if (page.length === 0) await this.#bell.rung();
        else this.#write(page);
      }
    } finally {
      unwatch();
    }
  }

  #write(page: readonly Mail[]): void {
    let written = 0;
    for (const mail of page) {
      if (this.#ended) return;
      written += mail.content.length;
      const mark = written > WINDOW ? String(mail.cursor) : null;
      if (!this.link.deliver(mail, mark)) return this.end("stalled");
      this.#cursor = mail.cursor;
      if (mark === null) continue;
      this.#unconfirmed = mark;
      return;
    }
  }
}
