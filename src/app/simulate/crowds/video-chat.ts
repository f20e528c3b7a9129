import { lasting } from "../chance.ts";
import { untilAborted } from "../pause.ts";
import { meanStay, type Crowd, type Scene } from "../scene.ts";
import { visitChat } from "./stranger.ts";

/** Strangers who come, are paired, talk, move on, and go. */
export function videoChatCrowd(scene: Scene): Crowd {
  const { dice, signal, size, perSecond } = scene;
  const mean = meanStay(size, perSecond);
  let visitors = 0;
  let here = 0;
  let matched = 0;
  return {
    live: () => untilAborted(signal),
    async act() {
      if (here >= 2 * size) return "unlucky";
      here++;
      try {
        return await visitChat(scene, {
          // In turn, so that nobody waits for long.
          gender: visitors++ % 2 === 0 ? "female" : "male",
          stayMs: lasting(dice, mean),
          matched: (isMatched) => void (matched += isMatched ? 1 : -1),
        });
      } finally {
        here--;
      }
    },
    now: () => ({ strangers: here, talking: matched }),
  };
}
