import type { Engine } from "../world/world.ts";
import type { Violation } from "./check.ts";
import type { Face, History, HistoryEvent } from "./history.ts";
import { troubled } from "./windows.ts";

/** What a fault did to the clients of a face. */
export interface Row {
  readonly face: Face;
  readonly fault: string;
  readonly engine: Engine;
  /** Requests and messages from the strike to the next one. */
  readonly asked: number;
  /** Answered 2xx, or delivered. */
  readonly done: number;
  /** Answered 4xx, or the sender was told. */
  readonly refused: number;
  /** 5xx or no answer, or lost with a connection. */
  readonly failed: number;
  /** Of the failed: answered with another 5xx than a 503 that says when to come back. */
  readonly unworthy: number;
  /** From the strike until a second went as well as those before the fault; null if none did. */
  readonly servedAgainAfterMs: number | null;
  /** The same from healing. */
  readonly recoveredAfterMs: number | null;
}

const faces: readonly Face[] = ["host-pool", "coordinator", "arena", "streams", "devices", "rooms", "video-chat"];

/** A second is as good as those before if so much of their rate is served in it: clients act at random. */
const AS_GOOD = 0.3;

/** The rows of one run, in the order of its faults. */
export function rowsOf(history: History, engine: Engine): Row[] {
  const struck = history.of("struck");
  const first = history.events[0]?.at ?? 0;
  return troubled(history, 0).flatMap(({ from, to }, at) => {
    const until = struck[at + 1]?.at ?? history.of("quiet")[0]?.at ?? (history.events.at(-1)?.at ?? 0) + 1;
    return faces.flatMap((face) => {
      const own = history.events.filter((event) => faceOf(event) === face);
      if (own.length === 0) return [];
      const during = own.filter((event) => event.at >= from && event.at < until);
      const count = (outcome: Outcome): number => during.filter((event) => outcomeOf(event) === outcome).length;
      const [done, refused] = [count("done"), count("refused")];
      const asked = during.filter(({ kind }) => kind === "asked" || kind === "sent").length;
      // Of messages that did not come nobody says so: they went with a connection.
      const failed = Math.max(0, asked - done - refused);
      const unworthy = during.filter(isUnworthy).length;
      const before: Times = [first, from];
      // The second in which it struck began well.
      const served = recovery(own, { before, after: [from + 1_000, until] });
      const servedAgainAfterMs = served === null ? null : served === 0 ? 0 : served + 1_000;
      const recoveredAfterMs = recovery(own, { before, after: [to, until] });
      const outcome = { asked, done, refused, failed, unworthy, servedAgainAfterMs, recoveredAfterMs };
      return [{ face, fault: struck[at]!.fault, engine, ...outcome }];
    });
  });
}

type Outcome = "done" | "refused" | "failed" | null;

function outcomeOf(event: HistoryEvent): Outcome {
  if (event.kind === "asked") return event.fate === "unknown" ? "failed" : event.fate;
  if (event.kind === "delivered") return event.channel === "streams" ? null : "done";
  return event.kind === "refused" ? "refused" : null;
}

function isUnworthy(event: HistoryEvent): boolean {
  if (event.kind !== "asked" || event.status === null || event.status < 500) return false;
  return event.status !== 503 || !event.retryAfter;
}

function faceOf(event: HistoryEvent): Face | null {
  if (event.kind === "asked") return event.face;
  if (event.kind !== "sent" && event.kind !== "delivered" && event.kind !== "refused") return null;
  return event.channel === "streams" ? null : (event.channel as Face);
}

type Times = readonly [from: number, to: number];

function recovery(own: readonly HistoryEvent[], { before, after }: { before: Times; after: Times }): number | null {
  const good = own.filter((event) => outcomeOf(event) === "done").map(({ at }) => at);
  // What was asked before, and given up now, says nothing of now.
  const bad = own
    .filter((event) => event.kind === "asked" && event.fate === "unknown" && event.askedAt >= after[0])
    .map(({ at }) => at);
  const within = (times: readonly number[], [from, to]: Times): number =>
    times.filter((at) => at >= from && at < to).length;
  // The first second is that in which everybody comes.
  const usual = within(good, [before[0] + 1_000, before[1]]) / Math.max(1, (before[1] - before[0] - 1_000) / 1_000);
  for (let at = after[0]; at + 1_000 <= after[1]; at += 100) {
    const second: Times = [at, at + 1_000];
    if (within(bad, second) === 0 && within(good, second) >= AS_GOOD * usual) return at - after[0];
  }
  return null;
}

/** As Markdown. Violations are of the run, not of one face. */
export function tableOf(runs: readonly { readonly rows: readonly Row[]; readonly violations: readonly Violation[] }[]) {
  const head = [
    "face",
    "fault",
    "engine",
    "asked",
    "2xx or delivered",
    "refused",
    "failed",
    "unworthy",
    "violations",
    "served again",
    "recovered",
  ];
  const body = runs.flatMap(({ rows, violations }) =>
    rows.map((row) => [
      row.face,
      row.fault,
      row.engine,
      ...[row.asked, row.done, row.refused, row.failed, row.unworthy, violations.length].map((n) =>
        n.toLocaleString("en"),
      ),
      seconds(row.servedAgainAfterMs),
      seconds(row.recoveredAfterMs),
    ]),
  );
  return [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const seconds = (ms: number | null): string => (ms === null ? "not" : `${(ms / 1000).toFixed(1)} s`);
