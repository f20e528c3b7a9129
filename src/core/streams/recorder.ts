import type { Clock, Timer } from "../../ports/clock.ts";
import type { NewPresence, Presence, Presences } from "../../ports/presences.ts";
import type { Random } from "../../ports/random.ts";
import type { ReplayRecords } from "../../ports/replay-records.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import type { Membership } from "../cluster/membership.ts";
import { atOnce } from "../flow/at-once.ts";
import type { StreamHub } from "./hub.ts";
import { Recording, type Backlog } from "./recording.ts";

/** How often frames that were heard are written down, in ms: a crash loses no more than that. */
export const WRITE_MS = 2_000;

/** How long whoever ends a game waits at most until that is written down, in ms: the records may not answer. */
export const KEEP_WAIT_MS = 500;

/**
 * How long who writes a replay is believed without a sign of life, and what the others keep meanwhile, in ms: longer
 * than it takes them to see that it has died.
 */
const WRITER_MS = 10_000;
export const KEEP_MS = 30_000;

/** A recording ends when nobody has published for so long, in ms. */
const IDLE_MS = 90_000;

/** Recordings that are written down at once: their commits become one. */
const WRITES_AT_ONCE = 16;

/** What may wait in all recordings together, in characters. Past it those with the most lose the oldest of it. */
export const MAX_BACKLOG = 64 * 1024 * 1024;

export interface RecorderOptions {
  readonly hub: StreamHub;
  readonly replays: ReplayRecords;
  readonly presences: Presences;
  readonly membership: Pick<Membership, "node" | "isLive">;
  /** What is measured goes by this one. */
  readonly clock: Clock;
  /** What is written down goes by this one, as does what removes it. */
  readonly timeOfRecords: Pick<Clock, "now">;
  readonly random: Random;
  /** Whether a match has been over for so long that nothing of it can be on its way any more. */
  isOver(id: string): Promise<boolean>;
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
  readonly #hearing = new Set<Recording>();
  readonly #backlog: Backlog = { size: 0 };
  #timer: Timer | null = null;
  #underway: Promise<void> | null = null;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /**
   * To be called before something is published: from now on this node hears all of the match. False: its replay is
   * complete, or it was over long ago; nothing more is to be published.
   *
   * @throws {StoreUnavailable}
   */
  async record(id: string): Promise<boolean> {
    const { clock } = this.#options;
    this.#timer ??= clock.every(WRITE_MS, () => void this.#step());
    const { begun } = this.#recordings.get(id) ?? this.#begin(id);
    const recording = await begun;
    recording.usedAt = clock.now();
    return !recording.isClosed && !recording.hasEnded;
  }

  /**
   * To be called once something was taken that lasts: returns when it is written down, if it is for this node to write it,
   * and after {@link KEEP_WAIT_MS} in any case. Throws nothing.
   */
  async keep(id: string): Promise<void> {
    const recording = await this.#recordings.get(id)?.begun.catch(() => undefined);
    if (recording === undefined) return;
    const { clock } = this.#options;
    const late = Promise.withResolvers<void>();
    const timer = clock.after(KEEP_WAIT_MS, late.resolve);
    await Promise.race([this.#keepNow(recording).catch(this.#options.failed), late.promise]);
    timer.cancel();
  }

  /** What waits to be written down, in characters. */
  get backlog(): number {
    return this.#backlog.size;
  }

  /** Writes down everything, and leaves the rest to others. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#underway;
    await atOnce(await this.#all(), (recording) => this.#end(recording).catch(this.#options.failed), WRITES_AT_ONCE);
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
    const { replays, hub, random, clock, isOver } = this.#options;
    const before = await replays.find(matchId);
    const recording = new Recording({
      matchId,
      recorder: random.uuid(),
      replays,
      backlog: this.#backlog,
      usedAt: clock.now(),
      isClosed: before?.isComplete === true || (await isOver(matchId)),
      games: before?.games ?? 0,
      bytes: before?.bytes ?? 0,
    });
    if (recording.isClosed) return recording;
    const { leave } = await hub.join(matchId, (heard) => {
      const lasts = recording.hear(heard, clock.now());
      this.#hearing.add(recording);
      this.#makeRoom();
      if (lasts && recording.isWriting) void this.#write(recording);
    });
    onJoined(leave);
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
    const all = await this.#all();
    await this.#settleWhoWrites(all.filter(({ isClosed }) => !isClosed));
    await atOnce(all, (recording) => this.#keepUp(recording).catch(this.#options.failed), WRITES_AT_ONCE);
  }

  /** Nobody may have settled yet who writes what has just begun. */
  async #keepNow(recording: Recording): Promise<void> {
    if (!recording.isWriting) await this.#settleWhoWrites([recording]);
    if (recording.isWriting) await this.#write(recording);
  }

  async #keepUp(recording: Recording): Promise<void> {
    const now = this.#options.clock.now();
    if (recording.isWriting) await this.#write(recording);
    else recording.forget(now - KEEP_MS);
    const isOver = recording.usedAt < now - (recording.hasEnded ? KEEP_MS : IDLE_MS);
    if (isOver && (!recording.isWriting || recording.isEmpty)) await this.#end(recording);
  }

  #makeRoom(): void {
    if (this.#backlog.size <= MAX_BACKLOG) return;
    // Some more than is needed, so that not every message has to look for it.
    for (const recording of [...this.#hearing].sort((one, other) => other.size - one.size)) {
      if (this.#backlog.size <= MAX_BACKLOG * 0.9) return;
      recording.shed();
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
      const entering: Recording[] = [];
      for (const recording of all) {
        if (recording.isWriting && !lostIds.has(recording.matchId)) continue;
        const [writer] = (writers.get(recording.matchId) ?? []) as (Presence | undefined)[];
        recording.isWriting = writer === undefined || !membership.isLive(writer.node);
        if (recording.isWriting) entering.push(recording);
      }
      await atOnce(entering, (one) => presences.enter(this.#presenceOf(one), WRITER_MS), WRITES_AT_ONCE);
    } catch (error) {
      // Who writes goes on; nobody takes over while it cannot be told who does.
      if (!(error instanceof StoreUnavailable)) throw error;
      failed(error);
    }
  }

  async #write(recording: Recording): Promise<void> {
    try {
      await recording.write(this.#options.timeOfRecords.now());
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
    this.#hearing.delete(recording);
    recording.drop();
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
