import type { Membership } from "../../../core/cluster/membership.ts";
import { StoreUnavailable } from "../../../ports/store-error.ts";
import type { Census, Showcase } from "../showcase.ts";

/** What the stores know, by the face that tells it. */
export type CensusByFace = Readonly<Record<string, Census>>;

export interface CensusesDeps {
  readonly showcase: Pick<Showcase, "censuses">;
  readonly membership: Pick<Membership, "serving" | "node">;
  failed(error: unknown): void;
}

/** Asks the stores for what all nodes have together. Nodes may serve different faces: each tells of its own. */
export class Censuses {
  readonly #deps: CensusesDeps;

  constructor(deps: CensusesDeps) {
    this.#deps = deps;
  }

  /** Of those faces of this node that are meant. What a store that is away does not tell is left out. */
  async read(isMeant: (face: string) => boolean): Promise<CensusByFace> {
    const { showcase, failed } = this.#deps;
    const read = [...showcase.censuses]
      .filter(([face]) => isMeant(face))
      .map(async ([face, census]): Promise<readonly (readonly [string, Census])[]> => {
        try {
          return [[face, await census()]];
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) failed(error);
          return [];
        }
      });
    return Object.fromEntries((await Promise.all(read)).flat());
  }

  /** True where this node speaks for all that serve the face, so that nobody asks the stores twice. */
  isFirst(face: string): boolean {
    const { membership } = this.#deps;
    return membership.serving(face).every((id) => id >= membership.node);
  }

  /** True if somebody serves it. */
  isServed(face: string): boolean {
    return this.#deps.membership.serving(face).length > 0;
  }
}

/** Adds up what the faces tell. */
export function merged(byFace: CensusByFace) {
  const parts = Object.values(byFace);
  return {
    hosts: parts.flatMap(({ hosts }) => hosts ?? []),
    queues: parts.flatMap(({ queues }) => queues ?? []),
    matches: parts.flatMap(({ matches }) => matches ?? []),
    sessions: parts.flatMap(({ sessions }) => sessions ?? []),
    live: parts.reduce((sum, { live = 0 }) => sum + live, 0),
    videoChat: parts.find(({ videoChat }) => videoChat !== undefined)?.videoChat,
  };
}
