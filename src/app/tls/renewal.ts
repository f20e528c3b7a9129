import { statSync } from "node:fs";
import type { Clock, Timer } from "../../ports/clock.ts";
import { BadTlsPair, readTlsPair, type TlsFiles, type TlsPair } from "./pair.ts";

/** How often to look whether the files have changed, in ms. */
export const LOOK_MS = 2_000;

export interface RenewalOptions {
  readonly files: TlsFiles;
  /** What is served with now. */
  readonly current: TlsPair;
  readonly clock: Clock;
  /** Serves with a new pair from now on; may throw, and is then asked again. */
  apply(pair: TlsPair): void;
  renewed(): void;
  /** A new pair that cannot be used, said once for each state of the files; or an error of `apply`. */
  failed(error: unknown): void;
}

/**
 * Follows the files of a certificate. The two are seldom replaced at one instant, so a pair that does not fit is only
 * reported if it stays like that until the next look. Meanwhile, and after it, the old pair is served.
 */
export function followTlsFiles(options: RenewalOptions): Timer {
  const { files, clock } = options;
  let { current } = options;
  // Not known until the first look: the files may have changed since they were read.
  let known = "";
  let doubtful = "";

  return clock.every(LOOK_MS, () => {
    const state = stateOf(files);
    if (state === known) return;
    try {
      const pair = readTlsPair(files);
      if (pair.cert !== current.cert || pair.key !== current.key) {
        options.apply(pair);
        current = pair;
        options.renewed();
      }
      known = state;
    } catch (error) {
      if (error instanceof BadTlsPair) {
        if (state !== doubtful) {
          doubtful = state;
          return;
        }
        known = state;
      }
      options.failed(error);
    }
  });
}

/** Differs whenever the content may differ; links are followed, so that one that is turned elsewhere counts. */
function stateOf({ cert, key }: TlsFiles): string {
  return [cert, key]
    .map((path) => {
      const found = statSync(path, { throwIfNoEntry: false, bigint: true });
      return found === undefined ? "none" : [found.mtimeNs, found.ctimeNs, found.size, found.ino].join(".");
    })
    .join(" ");
}
