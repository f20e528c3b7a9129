import { Rounds } from "../core/flow/rounds.ts";
import { Retention, retained, type Retained } from "../core/retention/retention.ts";
import type { Clock } from "../ports/clock.ts";
import type { Face } from "../transport/face.ts";
import type { Config } from "./config/settings.ts";
import type { FailureLog } from "./failures.ts";
import type { RecordKeeper } from "./records.ts";

/** How often to look for records that are past their age, in ms. */
const LOOK_MS = 60_000;

const DAY_MS = 24 * 3_600_000;

export interface RetentionWorkOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly records: RecordKeeper | null;
  readonly node: string;
  readonly report: FailureLog;
}

/** What removes old records beside the faces: no request ever waits for it. */
export function retentionWork({ config, clock, records, node, report }: RetentionWorkOptions): readonly Face[] {
  if (records === null) return [];
  const retention = new Retention({
    records: records.retention,
    turns: records.turns,
    clock,
    // A file has one node; after a restart it goes on at once.
    node: records.shared ? node : "only",
    keepMs: keepMs(config),
  });
  const rounds = new Rounds({
    clock,
    idleMs: LOOK_MS,
    round: () => retention.round(),
    failed: (error) => report("could not remove old records", error),
  });
  return [
    {
      name: "retention",
      http: [],
      figures: async () =>
        retained.map((kind) => ({
          name: "records_removed_total",
          help: "Records that this node has removed because they were past their age.",
          type: "counter",
          value: retention.removed[kind],
          labels: { kind },
        })),
      start: () => rounds.start(),
      async stop() {
        await rounds.stop();
        await retention.leave();
      },
    },
  ];
}

/** How long each kind is kept, in ms; null: for ever. */
function keepMs(config: Config): Readonly<Record<Retained, number | null>> {
  return {
    hosts: daysOrEver(config.HOST_RETENTION_DAYS),
    sessions: daysOrEver(config.SESSION_RETENTION_DAYS),
    entries: daysOrEver(config.MATCH_RETENTION_DAYS),
    matches: daysOrEver(config.MATCH_RETENTION_DAYS),
    ratings: daysOrEver(config.RATING_RETENTION_DAYS),
    audit: daysOrEver(config.AUDIT_RETENTION_DAYS),
  };
}

/** Days of a setting in ms; 0: null, for ever. */
export function daysOrEver(days: number): number | null {
  return days === 0 ? null : days * DAY_MS;
}
