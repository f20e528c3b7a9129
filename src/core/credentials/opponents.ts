import { Marks, type MarksDeps } from "./marks.ts";

/** What must be so that a subject is matched by the arena: somebody else acts for this entry, its opponent's. */
type Proviso = readonly ["opponent", string];

/** The proviso of whoever plays against that entry of the queue. */
export function provisoAgainst(queueId: string): string {
  const proviso: Proviso = ["opponent", queueId];
  return JSON.stringify(proviso);
}

/**
 * Whose tokens act for the entries of the arena's queue, in a store that all nodes share. A subject may have any number of
 * connect codes, in one token or in many: so nobody is matched with itself.
 */
export class Opponents {
  readonly #deps: MarksDeps;
  readonly #marks: Marks;

  constructor(deps: MarksDeps) {
    this.#deps = deps;
    this.#marks = new Marks(deps);
  }

  /** The subject acts for this entry, for so long. Fulfilled when the store knows, or has failed; never rejects. */
  async acts(subject: string, queueId: string, forMs: number): Promise<void> {
    // As JSON, for a subject may have line breaks.
    await this.#marks.add({ group: queueId, member: JSON.stringify(subject), value: "" }, forMs);
  }

  /** True if one of the provisos is met for the subject; those of others are left to them. @throws {StoreUnavailable} */
  async isMet(provisos: readonly string[], subject: string): Promise<boolean> {
    const own = JSON.stringify(subject);
    const all = provisos.map((proviso) => JSON.parse(proviso) as Proviso | readonly [string]);
    const entries = all.flatMap((proviso) => (isOurs(proviso) ? proviso[1] : []));
    const actors = [...(await this.#deps.presences.of(entries)).values()].flat();
    return actors.some(({ member }) => member !== own);
  }

  stop(): void {
    this.#marks.stop();
  }
}

function isOurs(proviso: readonly string[]): proviso is Proviso {
  return proviso[0] === "opponent";
}
