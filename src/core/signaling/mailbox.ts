import type { Clock, Timer } from "../../ports/clock.ts";
import type { Bounds, Mail, Mailboxes, Selection } from "../../ports/mailboxes.ts";
import { DomainError } from "../errors/errors.ts";
import type { RelayCounts } from "../measures/outcomes.ts";
import { say } from "../sessions/names.ts";
import type { SessionPeers } from "../sessions/seat.ts";
import type { AttendanceDeps } from "./attendance.ts";
import { Audience } from "./audience.ts";
import type { Listener, MailLink, Place } from "./listener.ts";
import { patiently, type Patience } from "./patience.ts";
import { Standing } from "./standing.ts";
import { relayedSignal, WITHHELD } from "./relay-only.ts";

export type LetterKind = "offer" | "answer" | "ice-candidate";

/** A message of one peer of a session to another, or to all. */
export interface Letter {
  readonly session: string;
  readonly kind: LetterKind;
  readonly from: string;
  /** Null: for everybody in the session. */
  readonly to: string | null;
  /** JSON, opaque but where peers may meet over TURN alone; a description or a candidate, so never to be logged. */
  readonly content: string;
}

/** Which letters of a session to look for. */
export interface Question extends Selection {
  readonly session: string;
  readonly kind: LetterKind;
  /** Only what was posted after this cursor. */
  readonly after?: number | undefined;
}

export interface MailboxFigures {
  /** Letters taken since the start, by kind. */
  readonly posted: Readonly<Record<LetterKind, number>>;
  /** What became of letters; one is delivered when its mailbox has it. */
  readonly relays: RelayCounts;
  /** Fetches that wait for something to come. */
  readonly waiting: number;
  readonly listeners: number;
}

export interface MailboxDeps extends AttendanceDeps {
  readonly mailboxes: Mailboxes;
  readonly clock: Clock;
  /** Knows the sessions by their public ids. */
  readonly sessions: {
    /** True for one that is open. */
    exists(publicId: string): Promise<boolean>;
    /** Who may signal there; null if it is not open. */
    peers(publicId: string): Promise<SessionPeers | null>;
  };
  /** How long a letter is kept, in ms. */
  readonly ttlMs: number;
  /** True: candidates are left out unless they are relayed ones, and of descriptions all others; see `relayedSignal`. */
  readonly relayOnly?: boolean;
}

/** What may lie in one session's mailbox, and of one peer in it. A host answers every player, so it may have much. */
export const MAIL_BOUNDS: Bounds = {
  mailbox: { count: 16_384, bytes: 16 * 1024 * 1024 },
  sender: { count: 4_096, bytes: 4 * 1024 * 1024 },
};

/** How often to look whether sessions that are listened to are still open, and who else listens to them, in ms. */
const LOOK_MS = 15_000;

/** How often to forget letters whose time is over, in ms. */
const SWEEP_MS = 10_000;

/**
 * The signaling of sessions: letters kept for a while, fetched as often as wanted, and told at once to whoever listens.
 * Fetching and listening see the same letters in the same order.
 */
export class Mailbox {
  readonly #deps: MailboxDeps;
  readonly #audience: Audience;
  readonly #standing: Standing;
  readonly #relays = { delivered: 0, unreachable: 0, refused: 0 };
  readonly #posted: Record<LetterKind, number> = { offer: 0, answer: 0, "ice-candidate": 0 };
  /** Ends a fetch that waits. */
  readonly #waits = new Set<() => void>();
  #timers: readonly Timer[] = [];
  #draining = false;

  constructor(deps: MailboxDeps) {
    this.#deps = deps;
    this.#audience = new Audience(deps);
    this.#standing = new Standing({ ...deps, audience: this.#audience });
  }

  /** @throws {DomainError} session_not_found, mailbox_full */
  async post({ session, kind, from, to, content }: Letter): Promise<void> {
    await this.#mustExist(session, () => this.#relays.unreachable++);
    const { mailboxes, ttlMs, relayOnly = false } = this.#deps;
    const passed = relayOnly ? relayedContent(kind, content) : content;
    // A candidate that policy withholds is no mistake of its sender's: it is told the same as of any other.
    if (passed === null) return;
    const draft = { mailbox: session, kind, from, to, content: passed, ttlMs, supersedes: supersededBy(kind, to) };
    const outcome = await mailboxes.post(draft, MAIL_BOUNDS);
    if ("full" in outcome) {
      this.#relays.refused++;
      throw new DomainError("mailbox_full", FULL[outcome.full]);
    }
    this.#relays.delivered++;
    this.#posted[kind]++;
  }

  /**
   * The newest letter, or with `after` the oldest one behind that cursor. Waits for one if there is none.
   *
   * @throws {DomainError} session_not_found
   */
  fetchOne(question: Question, patience?: Patience): Promise<Mail | null> {
    const { mailboxes } = this.#deps;
    const { session, after } = question;
    return this.#fetch(question, patience, async () =>
      after === undefined
        ? mailboxes.newest(session, question)
        : ((await mailboxes.read(session, question, after, 1))[0] ?? null),
    );
  }

  /**
   * The letters behind a cursor, oldest first, at most `limit`. Waits for one if there is none.
   *
   * @throws {DomainError} session_not_found
   */
  async fetchAll(question: Question, limit: number, patience?: Patience): Promise<readonly Mail[]> {
    const found = await this.#fetch(question, patience, async () => {
      const page = await this.#deps.mailboxes.read(question.session, question, question.after ?? 0, limit);
      return page.length === 0 ? null : page;
    });
    return found ?? [];
  }

  /**
   * Writes everything for a peer to a link, first what is there already. A peer listens once: an earlier listener of
   * the same name is ended, on whichever node it is. One that must have a part in the session is ended when it has it
   * no more.
   *
   * @throws {DomainError} session_not_found, draining
   * @throws {StoreUnavailable}
   */
  async listen(place: Place, link: MailLink): Promise<Listener> {
    await this.#mustExist(place.session);
    if (this.#draining) throw new DomainError("draining");
    const listener = await this.#audience.admit(place, link);
    // It may have been removed before anybody could know that it listens.
    if (listener.part !== null) await this.#standing.look(place.session, place.peer);
    return listener;
  }

  figures(): MailboxFigures {
    return {
      posted: { ...this.#posted },
      relays: { ...this.#relays },
      waiting: this.#waits.size,
      listeners: this.#audience.size,
    };
  }

  /**
   * A session is over: its letters go, and whoever fetches or listens is told. Not calling it is made good within
   * seconds where somebody listens.
   */
  close(session: string): Promise<void> {
    return this.#deps.mailboxes.drop(session);
  }

  /** A player was removed from a session: wherever it listens, it is ended if it had to be there. Never rejects. */
  left(session: string, peer: string): Promise<void> {
    return this.#standing.left(session, peer);
  }

  start(): void {
    const { clock, mailboxes, failed } = this.#deps;
    this.#timers = [
      clock.every(LOOK_MS, () => void this.#look().catch(failed)),
      clock.every(LOOK_MS, () => void this.#audience.keep().catch(failed)),
      clock.every(SWEEP_MS, () => void mailboxes.sweep().catch(failed)),
    ];
  }

  /** Answers whoever waits, and takes no more listeners; the server goes down. */
  drain(): void {
    this.#draining = true;
    for (const end of [...this.#waits]) end();
  }

  /** Waits until the other nodes have been told who has gone. */
  stop(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    return this.#audience.stop();
  }

  async #fetch<T>(question: Question, patience: Patience | undefined, look: () => Promise<T | null>) {
    const { session } = question;
    await this.#mustExist(session);
    const found = await look();
    if (found !== null || patience === undefined || patience.waitMs === 0 || this.#draining) return found;
    return patiently<T>({
      look,
      patience,
      clock: this.#deps.clock,
      watch: (tell) => this.#deps.mailboxes.watch(session, question, tell),
      stillThere: () => this.#mustExist(session),
      waits: this.#waits,
    });
  }

  async #look(): Promise<void> {
    for (const session of this.#audience.sessions()) {
      if (!(await this.#deps.sessions.exists(session))) await this.close(session);
      else await this.#standing.look(session);
    }
  }

  async #mustExist(session: string, missing?: () => void): Promise<void> {
    if (await this.#deps.sessions.exists(session)) return;
    missing?.();
    throw new DomainError("session_not_found", `Session not found: ${say(session)}`);
  }
}

/**
 * Offers and answers describe a whole connection, so a newer one replaces the older; candidates add up. Who answers a
 * peer has taken back its own offer to it, if it had one (glare): whoever fetches late must not mistake it for a new one.
 */
function supersededBy(kind: LetterKind, to: string | null): readonly LetterKind[] {
  if (kind === "ice-candidate") return [];
  return kind === "answer" && to !== null ? ["answer", "offer"] : [kind];
}

const FULL = {
  sender: "This peer has posted too much to the session; what it posted is kept for a while and then forgotten.",
  mailbox: "The session's mailbox is full; what lies in it is kept for a while and then forgotten.",
} as const;

/** Null: nobody is to read it. */
function relayedContent(kind: LetterKind, content: string): string | null {
  const passed = relayedSignal(kind === "ice-candidate" ? "candidate" : "description", JSON.parse(content));
  return passed === WITHHELD ? null : JSON.stringify(passed);
}
