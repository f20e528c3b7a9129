import { join } from "node:path";
import { startContender, startOurs } from "../harness/contender.ts";
import { inRounds } from "../harness/rounds.ts";
import type { Work } from "../harness/work.ts";
import { wrk } from "../load/wrk.ts";

const script = join(import.meta.dir, "../load/scripts/heartbeat.lua");
const limit = join(import.meta.dir, "../limits/json-route.ts");

/** A thousand hosts that say that they are there, on one node without stores. */
export const heartbeat: Work = {
  name: "heartbeat",
  title: "Heartbeat, embedded",
  needs: ["wrk"],
  async measure({ rounds, seconds }) {
    const [ours, bare] = await Promise.all([
      startOurs({ FACES: "host-pool", BUDGETS: "heartbeat=address:1000000/1s" }),
      startContender([process.execPath, limit]),
    ]);
    const measure = (url: string) => async () => {
      const { perSecond, failed, generator } = await wrk(url, { script, seconds });
      if (failed > 0) throw new Error(`${failed} beats were refused`);
      return { perSecond, generator };
    };
    try {
      await measure(ours.url)();
      await measure(bare.url)();
      const samples = await inRounds(rounds, { ours: measure(ours.url), bare: measure(bare.url) });
      const perSecond = (who: "ours" | "bare") => samples.of(who, "perSecond");
      return [
        {
          what: "heartbeat",
          unit: "requests a second",
          ours: perSecond("ours"),
          against: [{ name: "bare Bun route", kind: "limit", samples: perSecond("bare"), target: { atLeast: 0.75 } }],
          generator: samples.most("generator"),
        },
      ];
    } finally {
      await Promise.all([ours.stop(), bare.stop()]);
    }
  },
};
