import type { Seat } from "../sessions/seat.ts";
import { Marks, type MarksDeps } from "./marks.ts";

/**
 * How long it is known who a player is, in ms: longer than any two peers that are connected have nothing to signal, and
 * no longer than they are in the session.
 */
const PLAYER_KNOWN_MS = 24 * 3_600_000;

type Player = Pick<Seat, "host" | "session" | "peer">;

/** What must be so that a subject is matched by a session: as its host, or as that player. */
type Proviso = readonly ["host", string] | readonly ["player", string, string, string];

const PARTS: ReadonlySet<string> = new Set<Proviso[0]>(["host", "player"]);

/** The proviso of whoever sits there. */
export function provisoOf({ part, host, session, peer }: Seat): string {
  const proviso: Proviso = part === "host" ? ["host", host] : ["player", host, session, peer];
  return JSON.stringify(proviso);
}

/**
 * Whose tokens act as the hosts and players of sessions, in a store that all nodes share. So nobody is matched with
 * itself, nor with a name it made up: somebody else's token has come there by itself.
 */
export class SessionCompany {
  readonly #deps: MarksDeps;
  readonly #marks: Marks;

  constructor(deps: MarksDeps) {
    this.#deps = deps;
    this.#marks = new Marks(deps);
  }

  /** The subject acts as this host. */
  async runs(subject: string, host: string, forMs: number): Promise<void> {
    await this.#marks.add({ group: hostsOf(host), member: JSON.stringify([subject]), value: "" }, forMs);
  }

  /** The subject acts as this player. `anew`: it has just come, perhaps after it was removed. */
  async plays(subject: string, { host, session, peer }: Player, anew = false): Promise<void> {
    const member = JSON.stringify([subject, session, peer]);
    await this.#marks.add({ group: playersOf(host), member, value: "" }, PLAYER_KNOWN_MS, anew);
  }

  /** A player is not in the session any more; left out, none is. @throws {StoreUnavailable} */
  async left({ host, session, peer }: Omit<Player, "peer"> & { readonly peer?: string | undefined }): Promise<void> {
    const { presences } = this.#deps;
    const group = playersOf(host);
    const gone = ((await presences.of([group])).get(group) ?? []).filter(({ member }) => {
      const [, where, who] = JSON.parse(member) as [string, string, string];
      return where === session && (peer === undefined || who === peer);
    });
    for (const note of gone) this.#marks.drop(note);
    await Promise.all(gone.map(({ member, connection }) => presences.leave(group, member, connection)));
  }

  /** True if one of the provisos is met for the subject; those of others are left to them. @throws {StoreUnavailable} */
  async isMet(provisos: readonly string[], subject: string): Promise<boolean> {
    const all = provisos.map((proviso) => JSON.parse(proviso) as Proviso).filter(([part]) => PARTS.has(part));
    const groups = all.flatMap(([part, host]) =>
      part === "host" ? [playersOf(host)] : [playersOf(host), hostsOf(host)],
    );
    const found = await this.#deps.presences.of([...new Set(groups)]);
    const membersOf = (group: string) => (found.get(group) ?? []).map(({ member }) => JSON.parse(member) as string[]);
    const hasOthers = (group: string): boolean => membersOf(group).some(([other]) => other !== subject);
    return all.some(([part, host, session, peer]) => {
      if (part === "host") return hasOthers(playersOf(host));
      const isThere = membersOf(playersOf(host)).some(
        ([who, where, as]) => who === subject && where === session && as === peer,
      );
      return isThere && hasOthers(hostsOf(host));
    });
  }

  stop(): void {
    this.#marks.stop();
  }
}

function hostsOf(host: string): string {
  return JSON.stringify(["hosts", host]);
}

function playersOf(host: string): string {
  return JSON.stringify(["players", host]);
}
