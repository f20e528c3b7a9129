import { atRate } from "../harness/latency.ts";
import { cpuSecondsOfTree } from "../harness/processes.ts";
import type { Figures } from "../harness/rounds.ts";
import { FIRST_FRAME } from "./frames.ts";
import type { Publisher } from "./publishers.ts";
import type { Viewers } from "./viewers.ts";

/** A program that fans out, the one who says the frames, and those who watch. */
export interface Stage {
  readonly pid: number;
  readonly publisher: Publisher;
  readonly viewers: Viewers;
  /** How many they are. */
  readonly count: number;
}

/** Frames as a game makes them, and how many are sent at once. */
export interface Pace {
  readonly framesPerSecond: number;
  readonly batch: number;
}

/**
 * What a function that plays some seconds on a stage sees: `cpuPerFrame`, what the program used for each frame that a
 * viewer got, in µs; `core`, how much of its core it used; `lagP99`, in ms; `generator`, how much of theirs the viewers
 * used; `missing`, the part of all frames that did not come within a second or so.
 */
export function playOn({ pid, publisher, viewers, count }: Stage, { framesPerSecond, batch }: Pace) {
  let next = FIRST_FRAME;
  return async (seconds: number): Promise<Figures> => {
    const batchesPerSecond = framesPerSecond / batch;
    const batches = Math.round(seconds * batchesPerSecond);
    const [first, frames] = [next, batches * batch];
    next += frames;
    const before = cpuSecondsOfTree(pid);
    const beganAt = performance.timeOrigin + performance.now();
    const watching = viewers.watch({ first, frames, batch, batchesPerSecond, beganAt });
    let sent = first;
    await atRate({ perSecond: batchesPerSecond, seconds }, () => {
      publisher.publish(Array.from({ length: batch }, (_, at) => sent + at));
      sent += batch;
    });
    const seen = await watching;
    const used = cpuSecondsOfTree(pid) - before;
    return {
      cpuPerFrame: (used * 1e6) / seen.frames,
      core: used / seen.seconds,
      lagP99: seen.lagP99,
      missing: 1 - seen.frames / (frames * count),
      generator: seen.cpu / seen.seconds,
    };
  };
}
