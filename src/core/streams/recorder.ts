import type { Clock, Timer } from "../../ports/clock.ts";
import type { NewPresence, Presence, Presences } from "../../ports/presences.ts";
import type { Random } from "../../ports/random.ts";
import type { ReplayRecords } from "../../ports/replay-records.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Membership } from "../cluster/membership.ts";
import type { StreamHub } from "./hub.ts";
import { Recording } from "./recording.ts";

/** How often what was heard is written down, in ms: a crash loses no more than that. */
export const WRITE_MS = 2_000;

/**
 * How long who writes a replay is believed without a sign of life, and what the others keep meanwhile, in ms: longer
 * than it takes them to see that it has died.
 */
const WRITER_MS = 10_000;
export const KEEP_MS = 30_000;

/** A recording ends when nobody has published for so long, in ms. */
const IDLE_MS = 90_000;

/** The most one replay may weigh, in bytes; of what comes after it nothing is kept. */
const MAX_REPLAY_BYTES = 64 * 1024 * 1024;

export interface RecorderOptions {
  readonly hub: StreamHub;
  readonly replays: ReplayRecords;
  readonly presences: Presences;
  readonly membership: Pick<Membership, "node" | "isLive">;
  readonly clock: Clock;
  readonly random: Random;
  failed(error: unknown): void;
}

/**
 * Records what is streamed. Every node that somebody publishes to keeps what it hears for a while; one of them writes it
 * down, and when that one dies another goes on with what it has kept. Two that write at once do no harm: what they write
 * is put together when it is read.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #recordings = new Map<string, { readonly begun: Promise<Recording>; leave: (() => void) | null }>();
  #timer: Timer | null = null;
  #underway: Promise<void> | null = null;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** To be called before something is published: from now on this node hears all of the match. @throws {StoreUnavailable} */
  async record(id: string): Promise<void> {
    const { clock } = this.#options;
    this.#timer ??= clock.every(WRITE_MS, () => void this.#step());
    const { begun } = this.#recordings.get(id) ?? this.#begin(id);
    (await begun).usedAt = clock.now();
  }

  /** Writes down everything, and leaves the rest to others. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#underway;
    const all = await this.#all();
    for (const recording of all) await this.#end(recording).catch(this.#options.failed);
  }

  #begin(id: string) {
    const entry = { begun: this.#open(id, (leave) => (entry.leave = leave)), leave: null as (() => void) | null };
    this.#recordings.set(id, entry);
    entry.begun.then(
      () => void this.#step(),
      () => this.#recordings.delete(id),
    );
    return entry;
  }

  async #open(matchId: string, onJoined: (leave: () => void) => void): Promise<Recording> {
    const { replays, hub, random, clock } = this.#options;
    const before = await replays.find(matchId);
    const recording = new Recording({
      matchId,
      recorder: random.uuid(),
      replays,
      usedAt: clock.now(),
      games: before?.games ?? 0,
      bytes: before?.bytes ?? 0,
    });
    onJoined(
      await hub.join(matchId, (heard) => {
        recording.hear(heard, clock.now());
        // A replay is there as soon as its match is over.
        if (heard.hasEnded && recording.isWriting) void this.#write(recording);
      }),
    );
    return recording;
  }

  async #all(): Promise<readonly Recording[]> {
    const begun = await Promise.allSettled([...this.#recordings.values()].map((one) => one.begun));
    return begun.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  }

  #step(): Promise<void> {
    this.#underway ??= this.#stepOnce()
      .catch(this.#options.failed)
      .finally(() => (this.#underway = null));
    return this.#underway;
  }

  async #stepOnce(): Promise<void> {
    const { clock } = this.#options;
    const all = await this.#all();
    await this.#settleWhoWrites(all);
    for (const recording of all) {
      const now = clock.now();
      if (recording.isWriting) await this.#write(recording);
      else recording.forget(now - KEEP_MS);
      const isOver = recording.usedAt < now - (recording.hasEnded ? KEEP_MS : IDLE_MS);
      if (isOver && (!recording.isWriting || recording.isEmpty)) await this.#end(recording);
    }
  }

  /** Says again what this node writes, and takes over what nobody does. */
  async #settleWhoWrites(all: readonly Recording[]): Promise<void> {
    const { presences, membership, failed } = this.#options;
    try {
      const mine = all.filter((one) => one.isWriting);
      const lost = await presences.prolong(
        mine.map((one) => ({ ...this.#presenceOf(one), since: 0 })),
        WRITER_MS,
      );
      const lostIds = new Set(lost.map(({ group }) => group));
      const writers = await presences.of(all.filter((one) => !one.isWriting || lostIds.has(one.matchId)).map(idOf));
      for (const recording of all) {
        if (recording.isWriting && !lostIds.has(recording.matchId)) continue;
        const [writer] = (writers.get(recording.matchId) ?? []) as (Presence | undefined)[];
        recording.isWriting = writer === undefined || !membership.isLive(writer.node);
        if (recording.isWriting) await presences.enter(this.#presenceOf(recording), WRITER_MS);
      }
    } catch (error) {
      // Who writes goes on; nobody takes over while it cannot be told who does.
      if (!(error instanceof StoreUnavailable)) throw error;
      failed(error);
    }
  }

  async #write(recording: Recording): Promise<void> {
    if (recording.bytes > MAX_REPLAY_BYTES) return recording.cut();
    try {
      await recording.write(this.#options.clock.now());
    } catch (error) {
      this.#options.failed(error);
    }
  }

  async #end(recording: Recording): Promise<void> {
    const { presences, membership } = this.#options;
    if (recording.isWriting) await this.#write(recording);
    const entry = this.#recordings.get(recording.matchId);
    this.#recordings.delete(recording.matchId);
    entry?.leave?.();
    if (recording.isWriting) await presences.leave(recording.matchId, WRITER, membership.node);
  }

  #presenceOf({ matchId }: Recording): NewPresence {
    const { node } = this.#options.membership;
    return { group: matchId, member: WRITER, connection: node, node, value: "" };
  }
}

const WRITER = "writer";

function idOf({ matchId }: Recording): string {
  return matchId;
}
