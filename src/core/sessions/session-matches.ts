import type { Entitlements } from "../credentials/entitlements.ts";
import { provisoOf, type SessionCompany } from "../credentials/session-company.ts";
import type { Seat } from "./seat.ts";

/** How long whoever has joined a session or signaled in it counts as being in it, in ms. */
const IN_SESSION_MS = 10 * 60_000;

export interface SessionMatchesDeps {
  readonly entitlements: Pick<Entitlements, "markWhile" | "hold">;
  /** Null where tokens are not looked at: nobody can be told from anybody. */
  readonly company: SessionCompany | null;
  /** How long a host may be silent, in ms: so long it is taken to be who it was. */
  readonly silenceMs: number;
  failed(error: unknown): void;
}

/**
 * Who is matched by a session: its host while a player of another subject is there, and the players while its host is of
 * another subject than theirs. A subject that is null was not asked for.
 */
export class SessionMatches {
  readonly #deps: SessionMatchesDeps;

  constructor(deps: SessionMatchesDeps) {
    this.#deps = deps;
  }

  /** The subject has registered a host, beaten or opened a session for it. */
  ran(subject: string | null, host: string): void {
    if (subject !== null) void this.acted(subject, { host, session: "", peer: host, part: "host" });
  }

  /** The subject has joined as this player by itself. Fulfilled when all nodes can know; never rejects. */
  joined(subject: string | null, player: Omit<Seat, "part">): Promise<void> {
    return this.acted(subject, { ...player, part: "player" }, true);
  }

  /** The subject has posted from this seat. Never fails, and need not be waited for. */
  async acted(subject: string | null, seat: Seat, anew = false): Promise<void> {
    const { company, entitlements, silenceMs } = this.#deps;
    if (subject === null || company === null) return;
    const knownMs = Math.max(IN_SESSION_MS, silenceMs);
    const { part, host } = seat;
    await Promise.all([
      part === "host" ? company.runs(subject, host, knownMs) : company.plays(subject, seat, anew),
      entitlements.markWhile(provisoOf(seat), subject, part === "host" ? knownMs : IN_SESSION_MS),
    ]);
  }

  /** The subject listens in this seat until the function that comes back is called. */
  listens(subject: string | null, seat: Seat): () => void {
    const { company, entitlements, silenceMs } = this.#deps;
    if (subject === null || company === null) return () => undefined;
    if (seat.part === "player") void company.plays(subject, seat);
    else void company.runs(subject, seat.host, Math.max(IN_SESSION_MS, silenceMs));
    return entitlements.hold(subject, provisoOf(seat));
  }

  /** A player is not in the session any more; left out: the session is over. */
  async left(seat: { readonly host: string; readonly session: string; readonly peer?: string }): Promise<void> {
    await this.#deps.company?.left(seat).catch(this.#deps.failed);
  }
}
