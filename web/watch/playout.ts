import { timeOf, type Frame } from "./messages.ts";

/** Arrivals that are looked back on, about 4 s of them, and how often that is done. */
const [REMEMBERED, LOOK_EVERY] = [240, 15];
/** Between when a frame could be shown and when it is, in ms: at least, at most, and beyond what was needed lately. */
const [LEAST_DELAY_MS, MOST_DELAY_MS, SPARE_MS] = [25, 400, 8];
/** Of lateness, this share is waited for; the rest is shown late. */
const WAITED_FOR = 0.97;
/** A picture that is off by more than this jumps; by less, it runs slower or faster until it is right. */
const JUMP_MS = 700;
const [SLOWEST, FASTEST] = [0.92, 1.25];
/** Frames kept that are not shown yet: 15 s, for a page that nobody looks at. */
const KEPT = 900;

/** Where the picture is: between two frames. */
export interface Position {
  readonly from: Frame;
  readonly to: Frame;
  /** 0: at `from`, 1: at `to`. */
  readonly mix: number;
}

/**
 * The frames of one game, from when they arrive to when they are shown. Networks and batches make them come unevenly;
 * they are held back just long enough to be shown evenly. All times are in ms of any one clock.
 */
export class Playout {
  readonly #frames: Frame[] = [];
  /** When each of the last frames came, less when it belongs. */
  readonly #lateness: number[] = [];
  #sinceLook = 0;
  /** The least lateness and the delay on top of it. */
  #base = 0;
  #delay = LEAST_DELAY_MS;
  /** What is shown, as time of the game; null before the first frame. */
  #shown: number | null = null;
  #looked = 0;

  /** Frames that are not newer than the newest are ignored. */
  push(frame: Frame, now: number): void {
    const newest = this.#frames.at(-1);
    if (newest !== undefined && frame.frame <= newest.frame) return;
    this.#frames.push(frame);
    if (this.#frames.length > KEPT) this.#frames.shift();
    this.#lateness.push(now - timeOf(frame.frame));
    if (this.#lateness.length > REMEMBERED) this.#lateness.shift();
    if (this.#lateness.length === 1 || ++this.#sinceLook >= LOOK_EVERY) this.#look();
  }

  /** The number of the newest frame. */
  get newest(): number | null {
    return this.#frames.at(-1)?.frame ?? null;
  }

  get delayMs(): number {
    return this.#delay;
  }

  /** True if the newest frame is on the screen, or there is none. */
  get isAtEnd(): boolean {
    const { newest } = this;
    return newest === null || (this.#shown !== null && this.#shown >= timeOf(newest));
  }

  /** What to show now. Must not be asked for earlier times than before. */
  at(now: number): Position | null {
    const { newest } = this;
    if (newest === null) return null;
    const wanted = Math.min(now - this.#base - this.#delay, timeOf(newest));
    this.#shown = this.#shown === null ? wanted : follow(this.#shown, wanted, now - this.#looked);
    this.#shown = Math.min(Math.max(this.#shown, timeOf(this.#frames[0]!.frame)), timeOf(newest));
    this.#looked = now;
    return this.#position(this.#shown);
  }

  #position(time: number): Position {
    // The frame before the one that is due stays, to come from.
    while (this.#frames.length > 1 && timeOf(this.#frames[1]!.frame) <= time) this.#frames.shift();
    return between(this.#frames[0]!, this.#frames[1], time);
  }

  #look(): void {
    this.#sinceLook = 0;
    const sorted = this.#lateness.toSorted((a, b) => a - b);
    this.#base = sorted[0]!;
    const late = sorted[Math.floor((sorted.length - 1) * WAITED_FOR)]! - this.#base;
    this.#delay = Math.min(MOST_DELAY_MS, Math.max(LEAST_DELAY_MS, late + SPARE_MS));
  }
}

/** Frames further apart than this are not joined by a straight line. */
const JOINED = 12;

/** Where `time` is on the way from one frame to the next. */
export function between(from: Frame, to: Frame | undefined, time: number): Position {
  if (to === undefined || to.frame - from.frame > JOINED) return { from, to: from, mix: 0 };
  const [start, end] = [timeOf(from.frame), timeOf(to.frame)];
  return { from, to, mix: Math.min(1, Math.max(0, (time - start) / (end - start))) };
}

/** From what is shown towards what should be, after `passed` ms. */
function follow(shown: number, wanted: number, passed: number): number {
  const off = wanted - shown - passed;
  if (Math.abs(off) > JUMP_MS) return wanted;
  const speed = Math.min(FASTEST, Math.max(SLOWEST, 1 + off / JUMP_MS));
  return shown + passed * speed;
}
