import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type {
  Opening,
  SessionFilter,
  SessionMetrics,
  SessionRecord,
  SessionRecords,
  SessionRef,
  Step,
} from "../../ports/session-records.ts";
import { DomainError } from "../errors/errors.ts";
import { sortableUuid } from "../ids/sortable-uuid.ts";
import { isName, say } from "./names.ts";
import { partOf, type Seat, type SessionPeers } from "./seat.ts";
import { whyHostIsUnfit, whyZoneIsClosed } from "./why-not.ts";

/** Sessions that one step of a sweep ends at most, so that no step takes long. */
const SWEEP_STEP = 200;

export interface SessionsOptions {
  readonly records: SessionRecords;
  readonly clock: Clock;
  readonly random: Random;
  /** Hosts not heard of since then (in ms) take no session. */
  silentSince(): number;
  /** How long a session may be PENDING while nobody is in it, in ms; null: for ever. */
  readonly pendingMs: number | null;
  /** False while nobody could be heard here for long enough, so that sessions may be waiting for us. */
  hasListened(): boolean;
  /** Called with the public id of a session that has been ended here. */
  readonly onEnded?: (publicId: string) => void;
  /** Called after a player has been disconnected here; whoever asked for it waits for it. */
  readonly onLeft?: (session: SessionRecord, playerId: string) => Promise<void>;
}

export interface SessionWish {
  readonly zoneId: string;
  /** Left out: the best host for the zone. */
  readonly hostId?: string | undefined;
  /** Left out: as many as the zone has. */
  readonly maxPlayers?: number | undefined;
}

/**
 * Sessions: a host running a zone for players. A session is named by its public id or by the number of its row, which
 * everybody can guess.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #records: SessionRecords;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#records = options.records;
  }

  /**
   * Makes a PENDING session on the host named, or the best one, and takes one of its zone slots.
   *
   * @throws {DomainError} zone_not_found, host_not_found, session_refused
   */
  async open({ zoneId, hostId, maxPlayers }: SessionWish): Promise<SessionRecord> {
    const { random, clock, silentSince } = this.#options;
    const seenSince = silentSince();
    const publicId = `session-${sortableUuid(random, clock.now()).replaceAll("-", "")}`;
    const request = { publicId, zoneId, hostId: hostId ?? null, maxPlayers: maxPlayers ?? null, seenSince };
    const opening = await this.#records.open(request, clock.now());
    if (opening.outcome === "opened") return opening.session;
    throw refusalOf(opening, { zoneId, hostId: hostId ?? "" }, seenSince);
  }

  /** @throws {DomainError} session_not_found */
  async get(name: string): Promise<SessionRecord> {
    return this.#named(name, (ref) => this.#records.find(ref));
  }

  /** Who is connected, in the order they came. */
  players(session: SessionRecord): Promise<readonly string[]> {
    return this.#records.players(session.id);
  }

  /**
   * Who may signal in an open session; null if there is none, which is for others to say. A player whose id is the host's
   * is not among the players: there is one mailbox for each id, and that one is the host's.
   */
  async peers(publicId: string): Promise<SessionPeers | null> {
    const session = isName(publicId) ? await this.#records.find({ publicId }) : null;
    if (session === null || !isOpen(session)) return null;
    const { hostId: host } = session;
    return { host, players: new Set((await this.players(session)).filter((player) => player !== host)) };
  }

  /** What one of them is; null: nothing. `no session`: there is none that is open. */
  async seatOf(publicId: string, peer: string): Promise<Seat | "no session" | null> {
    const peers = await this.peers(publicId);
    if (peers === null) return "no session";
    const part = partOf(peers, peer);
    return part && { host: peers.host, session: publicId, peer, part };
  }

  /** Newest first. */
  list(filter: SessionFilter): Promise<readonly SessionRecord[]> {
    return this.#records.list(filter);
  }

  /** True for a session that is open; only its public id counts. */
  async exists(publicId: string): Promise<boolean> {
    const session = isName(publicId) ? await this.#records.find({ publicId }) : null;
    return session !== null && isOpen(session);
  }

  /** @throws {DomainError} session_not_found, wrong_state */
  async activate(name: string): Promise<void> {
    const now = this.#options.clock.now();
    const { outcome, session } = await this.#named(name, (ref) => this.#records.activate(ref, now));
    if (outcome === "done") return;
    throw new DomainError("wrong_state", `Session ${session.id} is not PENDING: its status is ${session.status}`);
  }

  /**
   * Ends an open session: its players leave, its host's slot is free.
   *
   * @throws {DomainError} session_not_found, wrong_state
   */
  async end(name: string): Promise<void> {
    const now = this.#options.clock.now();
    const { outcome, session } = await this.#named(name, (ref) => this.#records.end(ref, now));
    if (outcome !== "done") throw notOpen(session);
    this.#options.onEnded?.(session.publicId);
  }

  /**
   * Makes sessions FAILED that have been PENDING for too long while nobody was in them: whoever opened one and did not
   * come keeps no host from others. Any node may do it at any time.
   *
   * @returns how many
   */
  async sweep(): Promise<number> {
    const { clock, pendingMs, hasListened, onEnded } = this.#options;
    if (pendingMs === null || !hasListened()) return 0;
    let sessions = 0;
    for (;;) {
      const now = clock.now();
      const ended = await this.#records.endAbandoned(now - pendingMs, now, SWEEP_STEP);
      for (const publicId of ended) onEnded?.(publicId);
      sessions += ended.length;
      if (ended.length < SWEEP_STEP) return sessions;
    }
  }

  /** @throws {DomainError} session_not_found, wrong_state */
  async measure(name: string, metrics: Partial<SessionMetrics>): Promise<void> {
    const { outcome, session } = await this.#named(name, (ref) => this.#records.measure(ref, metrics));
    if (outcome !== "done") throw notOpen(session);
  }

  /**
   * Connects a player; one who is connected already stays so and counts once.
   *
   * @throws {DomainError} session_not_found, session_full, wrong_state
   */
  async join(name: string, playerId: string): Promise<SessionRecord> {
    const now = this.#options.clock.now();
    const { outcome, session } = await this.#named(name, (ref) => this.#records.join(ref, playerId, now));
    switch (outcome) {
      case "done":
        return session;
      case "full":
        throw new DomainError("session_full", `Failed to add player ${playerId} to session ${session.id}`);
      case "not_open":
        throw notOpen(session);
    }
  }

  /** @throws {DomainError} session_not_found, player_not_found */
  async leave(name: string, playerId: string): Promise<SessionRecord> {
    const now = this.#options.clock.now();
    const { outcome, session } = await this.#named(name, async (ref) =>
      isName(playerId) ? this.#records.leave(ref, playerId, now) : this.#absent(ref),
    );
    if (outcome === "done") {
      await this.#options.onLeft?.(session, playerId);
      return session;
    }
    throw new DomainError("player_not_found", `Player ${say(playerId)} is not in session ${session.id}`);
  }

  async #named<Found>(name: string, look: (ref: SessionRef) => Promise<Found | null>): Promise<Found> {
    const found = isName(name) ? await look(refOf(name)) : null;
    if (found === null) throw new DomainError("session_not_found", `Session not found: ${say(name)}`);
    return found;
  }

  /** What leaving comes to for a player who cannot be there. */
  async #absent(ref: SessionRef): Promise<Step<"not_there"> | null> {
    const session = await this.#records.find(ref);
    return session && { outcome: "not_there", session };
  }
}

/** A row number is digits alone; a public id never is. */
function refOf(name: string): SessionRef {
  return /^[1-9]\d{0,14}$/.test(name) ? { id: Number(name) } : { publicId: name };
}

function isOpen({ status }: SessionRecord): boolean {
  return status === "PENDING" || status === "ACTIVE";
}

function notOpen(session: SessionRecord): DomainError {
  return new DomainError("wrong_state", `Session ${session.id} is over: its status is ${session.status}`);
}

function refusalOf(
  opening: Exclude<Opening, { readonly outcome: "opened" }>,
  names: { readonly zoneId: string; readonly hostId: string },
  silentSince: number,
): DomainError {
  switch (opening.outcome) {
    case "no_such_zone":
      return new DomainError("zone_not_found", `Zone not found: ${say(names.zoneId)}`);
    case "no_such_host":
      return new DomainError("host_not_found", `Host not found: ${say(names.hostId)}`);
    case "zone_closed":
      return new DomainError("session_refused", whyZoneIsClosed(opening.zone));
    case "host_unfit":
      return new DomainError("session_refused", whyHostIsUnfit(opening.host, opening.zone, silentSince));
    case "no_host_fits":
      return new DomainError("session_refused", `No host is free and good enough for zone ${opening.zone.zoneId}`);
  }
}
