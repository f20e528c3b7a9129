import type { Clock } from "../../ports/clock.ts";
import type { Mailboxes } from "../../ports/mailboxes.ts";
import type { Presence } from "../../ports/presences.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { atOnce } from "../flow/at-once.ts";
import { Turns } from "../flow/turns.ts";
import { Attendance, type AttendanceDeps } from "./attendance.ts";
import { DOUBT_MS, Gathering } from "./gathering.ts";
import { isAnnounced, Listener, type MailLink, type Place } from "./listener.ts";

/** How many peers may listen to one session at once, on all nodes. */
export const MAX_LISTENERS = 1_024;

export interface AudienceDeps extends AttendanceDeps {
  readonly mailboxes: Mailboxes;
  readonly clock: Clock;
}

/** Who listens to which session. A peer listens once, on whichever node; those who are announced hear of each other. */
export class Audience {
  readonly #deps: AudienceDeps;
  readonly #attendance: Attendance;
  readonly #gatherings = new Map<string, Gathering>();
  /** A peer's steps in a session, one after the other. */
  readonly #turns = new Turns();
  /** Those that will be looked at again soon. */
  readonly #doubtful = new Set<Gathering>();

  constructor(deps: AudienceDeps) {
    this.#deps = deps;
    this.#attendance = new Attendance(deps);
    this.#attendance.hear((is, presence) => {
      const gathering = this.#gatherings.get(presence.group);
      if (is === "here") gathering?.hear(presence);
      else gathering?.part(presence);
      this.#tidy(gathering);
    });
    deps.membership.onDeath((node) => this.#bury(node));
    deps.membership.onReturn(() => void this.#sayAgain().catch(deps.failed));
  }

  get size(): number {
    return this.#listeners().length;
  }

  /** The sessions somebody on this node listens to. */
  sessions(): readonly string[] {
    return [...this.#gatherings.values()].filter(({ size }) => size > 0).map(({ session }) => session);
  }

  /** Those of this node who listen to a session. */
  listenersOf(session: string): readonly Listener[] {
    return this.#gatherings.get(session)?.listeners ?? [];
  }

  /** The nodes on which a peer listens to a session. @throws {StoreUnavailable} */
  async nodesOf(session: string, peer: string): Promise<readonly string[]> {
    const present = await this.#attendance.of(session);
    return present.filter(({ member }) => member === peer).map(({ node }) => node);
  }

  /**
   * Takes a listener in, in place of an earlier one of the same peer on any node. One too many is ended at once.
   *
   * @throws {StoreUnavailable}
   */
  admit(place: Place, link: MailLink): Promise<Listener> {
    const { session, peer } = place;
    return this.#inTurn(session, peer, async (gathering) => {
      const { presence, former } = await this.#attendance.enter(session, peer);
      const listener = this.#seat(gathering, place, link, presence, former);
      // Another node has been quicker to tell of a newer connection than the store of this one.
      if (listener.ended) {
        this.#tell([], listener, former);
        return listener;
      }
      try {
        if (listener.announced) await this.#say(gathering, listener);
        const present = await this.#look(gathering);
        if (former === null && present.length > MAX_LISTENERS) listener.end("crowded");
        else this.#tell(present, listener, former);
      } catch (error) {
        listener.leave();
        throw error;
      }
      listener.isAdmitted = true;
      listener.run().catch((error: unknown) => {
        this.#deps.failed(error);
        listener.end("unavailable");
      });
      return listener;
    });
  }

  /** Says again who is there, and finds what was missed; to be called several times a minute. */
  async keep(): Promise<void> {
    await this.#attendance.pay();
    const all = this.#listeners();
    const lost = await this.#attendance.prolong(all.map(({ presence }) => presence));
    const unsaid = all.filter(({ presence, isUnsaid }) => isUnsaid || lost.has(presence.connection));
    await atOnce(unsaid, (listener) => this.#sayOne(listener));
    await atOnce([...this.#gatherings.values()], async (gathering) => {
      await this.#look(gathering);
      gathering.forgetAbsent();
      this.#tidy(gathering);
    });
  }

  /** Waits for what is underway. */
  stop(): Promise<void> {
    return this.#turns.idle();
  }

  #seat(gathering: Gathering, place: Place, link: MailLink, presence: Presence, former: Presence | null): Listener {
    const before = gathering.listenerOf(place.peer);
    // The others need not know that the peer has another connection now.
    const announced = isAnnounced(former) || (before?.announced ?? false);
    const listener = new Listener(place, link, presence, announced, {
      mailboxes: this.#deps.mailboxes,
      announce: (newcomer, answer) => this.#announce(newcomer, answer),
      left: (gone) => this.#left(gone),
    });
    gathering.seat(listener);
    return listener;
  }

  #announce(newcomer: Listener, answer: (others: readonly string[]) => void): Promise<void> {
    return this.#inTurn(newcomer.session, newcomer.peer, async (gathering) => {
      // What has been taken out by now must not be put back.
      if (newcomer.ended) return;
      let present: readonly Presence[] = [];
      if (!newcomer.announced) {
        try {
          await this.#say(gathering, newcomer, newcomer.asAnnounced);
          present = await this.#look(gathering);
        } catch (error) {
          // Those of this node know each other without the store. The others are told when it is back.
          if (!(error instanceof StoreUnavailable)) throw error;
          newcomer.isUnsaid = true;
        }
      }
      if (newcomer.ended) return;
      gathering.announce(newcomer);
      answer(gathering.others(newcomer.peer));
      this.#tell(present, newcomer, null);
    });
  }

  /** Tells the nodes where others listen that this one does, and that of the former that it does no more. */
  #tell(present: readonly Presence[], { announced, presence }: Listener, former: Presence | null): void {
    // Of a new peer that is not announced, nobody need know.
    if (!announced && former === null) return;
    const nodes = present.map(({ node }) => node);
    this.#attendance.tellHere(former === null ? nodes : [...nodes, former.node], presence);
  }

  #left(gone: Listener): void {
    if (this.#gatherings.get(gone.session)?.unseat(gone) !== true) return;
    this.#inTurn(gone.session, gone.peer, () => this.#attendance.end(gone.presence)).catch(this.#deps.failed);
  }

  /** Writes what a listener is. One that has been replaced is ended. */
  async #say(gathering: Gathering, listener: Listener, presence = listener.presence): Promise<void> {
    const { stands } = await this.#attendance.say(presence);
    if (stands !== null) gathering.giveWay(listener, stands);
    // Replaced by one that has left meanwhile, it was put back.
    else if (listener.ended) await this.#attendance.end(presence);
  }

  #sayOne(listener: Listener): Promise<void> {
    return this.#inTurn(listener.session, listener.peer, async (gathering) => {
      if (!listener.ended) await this.#say(gathering, listener);
      if (listener.ended) return;
      this.#tell(await this.#look(gathering), listener, null);
      listener.isUnsaid = false;
    });
  }

  /** The others may have taken this node for dead, or the store may have lost everything. */
  async #sayAgain(): Promise<void> {
    await this.#attendance.pay();
    await atOnce(this.#listeners(), (listener) => this.#sayOne(listener));
  }

  #bury(node: string): Promise<void> {
    for (const gathering of [...this.#gatherings.values()]) gathering.partNode(node);
    return this.#attendance.clear(node);
  }

  /** Who listens to a session, on all nodes; takes in what was not known of them. */
  async #look(gathering: Gathering): Promise<readonly Presence[]> {
    const { clock, failed } = this.#deps;
    const read = () => this.#attendance.of(gathering.session);
    const { present, isDoubtful } = await gathering.merge(read, this.#isOurs, clock);
    if (isDoubtful && !this.#doubtful.has(gathering)) {
      this.#doubtful.add(gathering);
      clock.after(DOUBT_MS, () => {
        this.#doubtful.delete(gathering);
        if (gathering.size > 0) this.#look(gathering).catch(failed);
      });
    }
    return present;
  }

  readonly #isOurs = ({ node }: Presence): boolean => node === this.#attendance.node;

  #listeners(): readonly Listener[] {
    return [...this.#gatherings.values()].flatMap(({ listeners }) => listeners);
  }

  /** One step in a gathering, which stays for as long. */
  async #inTurn<T>(session: string, peer: string, step: (gathering: Gathering) => Promise<T>): Promise<T> {
    const gathering = this.#gatherings.get(session) ?? new Gathering(session);
    this.#gatherings.set(session, gathering);
    gathering.busy++;
    try {
      return await this.#turns.take(JSON.stringify([session, peer]), () => step(gathering));
    } finally {
      gathering.busy--;
      this.#tidy(gathering);
    }
  }

  #tidy(gathering: Gathering | undefined): void {
    if (gathering === undefined || gathering.busy > 0 || gathering.size > 0) return;
    if (this.#gatherings.get(gathering.session) === gathering) this.#gatherings.delete(gathering.session);
  }
}
