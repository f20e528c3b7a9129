import type { LeasePages } from "../../ports/lease-pages.ts";

/** Leases that one look takes in. */
const PAGE = 1_000;

/** Pages of the first look: it is to know everything of a pool that is not too large. */
const FIRST_PAGES = 10;

export interface CensusRow {
  readonly region: string;
  readonly state: string;
  readonly count: number;
}

/** Counts the hosts of the pool by region and state, a page at each look, so that no look costs more in a large pool. */
export class PoolCensus {
  readonly #pages: LeasePages;
  readonly #isInMaintenance: (id: string) => boolean;
  #from: string | null = null;
  #counts = new Map<string, number>();
  #known: readonly CensusRow[] | null = null;
  #looking: Promise<readonly CensusRow[]> | null = null;

  constructor(pages: LeasePages, isInMaintenance: (id: string) => boolean) {
    this.#pages = pages;
    this.#isInMaintenance = isInMaintenance;
  }

  /** As of the last time that the whole pool was looked at. @throws {StoreUnavailable} */
  look(): Promise<readonly CensusRow[]> {
    // Two looks at once would count the same page twice.
    this.#looking ??= this.#look().finally(() => (this.#looking = null));
    return this.#looking;
  }

  async #look(): Promise<readonly CensusRow[]> {
    for (let pages = 0; pages < (this.#known === null ? FIRST_PAGES : 1); pages++) {
      await this.#take();
      if (this.#from === null) break;
    }
    return this.#known ?? [];
  }

  async #take(): Promise<void> {
    const { leases, next } = await this.#pages.page(this.#from, PAGE);
    for (const { id, group, state } of leases) {
      const key = JSON.stringify([group, this.#isInMaintenance(id) ? "maintenance" : state]);
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
    this.#from = next;
    if (next !== null) return;
    this.#known = [...this.#counts].map(([key, count]) => {
      const [region, state] = JSON.parse(key) as [string, string];
      return { region, state, count };
    });
    this.#counts = new Map();
  }
}
