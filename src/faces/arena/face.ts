import { shared } from "../../core/flow/shared.ts";
import { ticketFigures } from "../../core/measures/figures.ts";
import type { Ratings } from "../../core/ratings/ratings.ts";
import type { Recorder } from "../../core/streams/recorder.ts";
import type { Replays } from "../../core/streams/replays.ts";
import type { ViewerCounts } from "../../core/streams/viewer-counts.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Face, Figure } from "../../transport/face.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { adminRoutes, type AdminRoutesOptions } from "./admin-routes.ts";
import { groupDoc } from "./docs.ts";
import { refuse } from "./errors.ts";
import { streamFigures } from "./figures.ts";
import { matchRoutes, type MatchRoutesOptions } from "./match-routes.ts";
import type { QueueEventsOptions } from "./queue-events.ts";
import { queueRoutes } from "./queue-routes.ts";
import { ratingRoutes } from "./rating-routes.ts";
import { replayRoutes } from "./replay-routes.ts";
import { jsonRules } from "./schema.ts";
import { streamRoutes } from "./stream-routes.ts";
import { streamSockets, type StreamSocketsOptions } from "./stream-sockets.ts";
import { wagerRoutes, type WagerRoutesOptions } from "./wager-routes.ts";

/** How often to look for entries and matches in which nothing happens, in ms. */
const SWEEP_MS = 1_000;

/** How often to look for replays that are past their time, in ms. */
const PRUNE_MS = 60_000;

export interface ArenaFaceOptions
  extends QueueEventsOptions, MatchRoutesOptions, WagerRoutesOptions, AdminRoutesOptions, StreamSocketsOptions {
  readonly ratings: Ratings;
  readonly limits: Readonly<Record<"join" | "read" | "write" | "frames" | "admin", RequestLimit | undefined>>;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly replays: Replays;
  readonly counts: ViewerCounts;
  /** How many streams this node follows. */
  followed(): number;
  /** A sweep failed; the next one comes. */
  failed(error: unknown): void;
}

/** No Johns Arena: queue, matches, results, signatures, wagers and ratings. */
export function arenaFace(options: ArenaFaceOptions): Face {
  const { queue, matches, watch, limits, clock, streams, viewers, recorder, replays, counts, failed } = options;
  let sweeping: Timer | null = null;
  let pruning: Timer | null = null;
  let underway: Promise<void> | null = null;
  let sweptAt = -Infinity;
  /** At most once at a time, whoever asks, and not again within the time that lies between two sweeps. */
  const sweep = async (): Promise<void> => {
    if (sweptAt > clock.now() - SWEEP_MS) return;
    underway ??= sweepNow().finally(() => (underway = null));
    await underway;
  };
  const sweepNow = async (): Promise<void> => {
    const now = clock.now();
    await queue.sweep();
    await matches.sweep();
    sweptAt = now;
  };
  let pruned: Promise<void> | null = null;
  const prune = (): void => {
    pruned ??= replays
      .sweep()
      .then(() => undefined, failed)
      .finally(() => (pruned = null));
  };
  let lastKnown = { queue_size: 0, active_matches: 0 };
  let lastLive: readonly string[] = [];
  const count = shared(
    async (): Promise<typeof lastKnown> =>
      (lastKnown = { queue_size: await queue.size(), active_matches: await matches.playing() }),
  );
  /** What `step` comes to, or `otherwise` while the records are away. */
  const orElse = async <Result>(step: () => Promise<Result>, otherwise: () => Result): Promise<Result> => {
    try {
      return await step();
    } catch (error) {
      if (error instanceof StoreUnavailable) return otherwise();
      throw error;
    }
  };
  const measured = async (): Promise<readonly Figure[]> => {
    const { queue_size, active_matches } = await count();
    return [
      { name: "arena_queue", help: "Players waiting in the arena's queue.", type: "gauge", value: queue_size },
      { name: "arena_matches", help: "Matches of the arena that play.", type: "gauge", value: active_matches },
    ];
  };
  return {
    name: "arena",
    http: [
      {
        name: "arena",
        routes: [
          ...queueRoutes(options),
          ...matchRoutes(options),
          ...wagerRoutes(options),
          ...ratingRoutes(options),
          ...streamRoutes(options),
          ...replayRoutes(options),
        ],
        limit: limits.read,
        prefixes: ["/queue", "/matches", "/leaderboard", "/agents"],
        crossOrigin: true,
        json: jsonRules,
        doc: groupDoc,
        refuse,
      },
      {
        name: "arena operators",
        routes: adminRoutes(options),
        limit: limits.admin,
        prefixes: ["/admin/cleanup"],
        crossOrigin: false,
        doc: groupDoc,
        refuse,
      },
    ],
    sockets: streamSockets(options),
    async health() {
      // Whether the server lives must be answered while the records are away, too: with what was last known.
      const counts = await orElse(
        async () => (await sweep(), await count()),
        () => lastKnown,
      );
      const live = await orElse(
        () => streams.live(),
        () => lastLive,
      );
      lastLive = live;
      return { ...counts, live_match_ids: live };
    },
    // None of the records while these are away, rather than old ones.
    async figures() {
      const { tickets, waits } = queue.totals();
      return [
        ...(await orElse(measured, () => [])),
        ...ticketFigures("arena", tickets, waits),
        ...streamFigures({ viewers, streams, backlog: recorder.backlog, followed: options.followed() }),
      ];
    },
    start() {
      watch.start();
      pruning = clock.every(PRUNE_MS, prune);
      sweeping = clock.every(SWEEP_MS, () => void sweep().catch(failed));
    },
    async stop() {
      watch.stop();
      sweeping?.cancel();
      pruning?.cancel();
      counts.stop();
      await underway?.catch(() => undefined);
      await pruned;
      await recorder.stop();
    },
  };
}
