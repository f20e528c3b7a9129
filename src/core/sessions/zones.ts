import type { Clock } from "../../ports/clock.ts";
import type {
  ZoneChanges,
  ZoneFilter,
  ZoneRecord,
  ZoneRecords,
  ZoneSettings,
  ZoneSummary,
} from "../../ports/zone-records.ts";
import { DomainError } from "../errors/errors.ts";
import { isName, say } from "./names.ts";

/** The zones that hosts can run. */
export class Zones {
  readonly #records: ZoneRecords;
  readonly #clock: Clock;

  constructor({ records, clock }: { readonly records: ZoneRecords; readonly clock: Clock }) {
    this.#records = records;
    this.#clock = clock;
  }

  /** @throws {DomainError} zone_exists */
  async create(zoneId: string, settings: ZoneSettings): Promise<ZoneRecord> {
    const zone = await this.#records.create(zoneId, settings, this.#clock.now());
    if (zone === null) throw new DomainError("zone_exists", `Zone already exists: ${say(zoneId)}`);
    return zone;
  }

  /**
   * Changes what is given. Open sessions go on as they are.
   *
   * @throws {DomainError} zone_not_found, below_current
   */
  async update(zoneId: string, changes: ZoneChanges): Promise<ZoneRecord> {
    const check = (zone: ZoneRecord, mostPlayers: number): void => {
      const { maxPlayers = zone.maxPlayers } = changes;
      // A session may have been opened for more than its zone says: who repeats what is there lowers nothing.
      if (maxPlayers >= zone.maxPlayers || maxPlayers >= mostPlayers) return;
      throw new DomainError(
        "below_current",
        `max_players: must be at least ${mostPlayers}, the players in a session of the zone`,
      );
    };
    return found(zoneId, isName(zoneId) ? await this.#records.update(zoneId, changes, check) : null);
  }

  /** @throws {DomainError} zone_not_found */
  async get(zoneId: string): Promise<ZoneRecord> {
    return found(zoneId, isName(zoneId) ? await this.#records.find(zoneId) : null);
  }

  list(filter: ZoneFilter): Promise<readonly ZoneSummary[]> {
    return this.#records.list(filter);
  }
}

function found(zoneId: string, zone: ZoneRecord | null): ZoneRecord {
  if (zone === null) throw new DomainError("zone_not_found", `Zone not found: ${say(zoneId)}`);
  return zone;
}
