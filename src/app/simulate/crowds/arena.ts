import { lasting } from "../chance.ts";
import type { Line } from "../line.ts";
import { playPair, reasonsOf } from "../pair.ts";
import { pause, untilAborted } from "../pause.ts";
import type { PublisherFigures } from "../publisher.ts";
import { openLine, type Crowd, type Scene } from "../scene.ts";

/** Real games have 60 frames a second, and these are over in a minute or so. */
const [FPS, RULES] = [60, { bestOf: 1, stocks: 2 }];
/** The most who watch a match, and for how long, on average, in ms. */
const [MOST_VIEWERS, WATCHES_MS] = [5, 40_000];

/** Fighters who meet and play, and people who watch them. */
export function arenaCrowd(scene: Scene): Crowd {
  const { dice, signal, size, client, tokens, run } = scene;
  const figures: PublisherFigures = { framesSent: 0, framesLeftOut: 0 };
  const watching = new Set<Line>();
  const seen = new Set<string>();
  let matches = 0;
  let pairs = 0;

  /** Comes at some time in the match, and goes before its end or with it. */
  async function watch(matchId: string): Promise<void> {
    await pause(dice.next() * WATCHES_MS, signal);
    if (signal.aborted || !seen.has(matchId)) return;
    const left = new AbortController();
    const bearer = tokens.of({ sub: `viewer-${crypto.randomUUID()}`, scope: "client" });
    const line = openLine(scene, bearer, {
      path: () => `/ws/match/${matchId}`,
      ended: () => left.abort(),
    });
    watching.add(line);
    await pause(lasting(dice, WATCHES_MS), AbortSignal.any([signal, left.signal]));
    watching.delete(line);
    line.close();
  }

  return {
    live: () => untilAborted(signal),
    async act() {
      if (matches >= size) return "unlucky";
      matches++;
      const viewers: Promise<void>[] = [];
      const own = new Set<string>();
      try {
        const ends = await playPair(
          {
            client,
            tokens,
            fps: FPS,
            seed: run,
            rules: RULES,
            wagers: dice.happens(0.5),
            signal,
            figures,
            heard({ stage, matchId }) {
              if (stage !== "playing" || matchId === null || seen.has(matchId)) return;
              seen.add(matchId);
              own.add(matchId);
              for (let more = dice.between(0, MOST_VIEWERS); more > 0; more--) viewers.push(watch(matchId));
            },
          },
          2 * pairs++,
        );
        const [reason] = reasonsOf(ends);
        if (reason !== undefined) throw reason;
        return "done";
      } finally {
        for (const id of own) seen.delete(id);
        matches--;
        await Promise.all(viewers);
      }
    },
    now: () => ({ viewers: watching.size, matches }),
  };
}
