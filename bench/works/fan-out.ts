import { join } from "node:path";
import { compiled } from "../harness/compile.ts";
import { startContender, startOurs, type Contender } from "../harness/contender.ts";
import { inRounds } from "../harness/rounds.ts";
import type { Rival, Row, Work } from "../harness/work.ts";
import { arenaPublisher, linePublisher, natsPublisher, socketPublisher, type Publisher } from "../load/publishers.ts";
import { playOn } from "../load/stage.ts";
import { startViewers } from "../load/viewers.ts";
import { startNats } from "../peers/nats/nats.ts";
import { startNchan } from "../peers/nchan/nchan.ts";

/** A game's pace, in the batches that the arena's document shows. */
const PACE = { framesPerSecond: 60, batch: 4 };
/** The floor has no batches; before a crowd it goes slower, since it could not write them all. */
const ONE_BY_ONE = { framesPerSecond: 60, batch: 1 };
const ONE_BY_ONE_SLOWLY = { framesPerSecond: 20, batch: 1 };

/** Viewers of each contender: as many as the slowest of them serves on one core without falling behind. */
const VIEWERS = 1_500;
const VIEWERS_IN_SMOKE = 1_000;
/** Viewers of ours alone. */
const CROWD = 5_000;

/** What compiles as it runs has done so by then. */
const WARM_UP_SECONDS = 0.5;

const limits = join(import.meta.dir, "../limits");

const WHAT_IS_COMPARED =
  "everybody delivers the same frames of 600 B at 60 a second. The floor gets and writes them one by one (to 5,000 viewers " +
  "at 20 a second, since it could not write more); the others get four at once: ours in one message, the bare publish " +
  "likewise, nchan (WebSockets) and NATS (TCP) as four.";

export const fanOut: Work = {
  name: "fan-out",
  title: "Fan-out of one match: 60 frames a second in batches of 4, 600 B a frame",
  needs: ["gcc", "nginx", "nats-server"],
  smokeNeeds: ["gcc"],
  async measure({ smoke, rounds, seconds, say }) {
    const count = smoke ? VIEWERS_IN_SMOKE : VIEWERS;
    const stage = createStage();
    try {
      const known = { ours: await stage.ours(count), floor: await stage.floor(count) };
      if (smoke) {
        for (const one of Object.values(known)) await one(WARM_UP_SECONDS);
        const samples = await inRounds(rounds, {
          ours: () => known.ours(seconds),
          floor: () => known.floor(seconds),
        });
        const cost = (who: keyof typeof known) => samples.of(who, "cpuPerFrame");
        return [perFrame(count, cost("ours"), cost("floor"), samples.most("generator"))];
      }
      const play = {
        ...known,
        nchan: await stage.nchan(count),
        nats: await stage.nats(count),
        crowd: await stage.ours(CROWD),
        floorCrowd: await stage.floor(CROWD, ONE_BY_ONE_SLOWLY),
        bareCrowd: await stage.bare(CROWD),
      };
      for (const one of Object.values(play)) await one(WARM_UP_SECONDS);
      const samples = await inRounds(rounds, {
        ours: () => play.ours(seconds),
        floor: () => play.floor(seconds),
        nchan: () => play.nchan(seconds),
        nats: () => play.nats(seconds),
        crowd: () => play.crowd(seconds),
        floorCrowd: () => play.floorCrowd(seconds),
        bareCrowd: () => play.bareCrowd(seconds),
      });
      for (const who of Object.keys(play) as (keyof typeof play)[]) {
        const missing = Math.max(...samples.of(who, "missing"));
        if (missing > 0) say(`${who}: in a round ${(missing * 100).toFixed(1)} % of the frames did not come in time`);
      }
      const cost = (who: keyof typeof play) => samples.of(who, "cpuPerFrame");
      const lag = (who: keyof typeof play) => samples.of(who, "lagP99");
      const generator = samples.most("generator");
      return [
        {
          ...perFrame(count, cost("ours"), cost("floor"), generator, [
            { name: "nchan", kind: "peer", samples: cost("nchan"), target: { atMost: 0.5 } },
            { name: "NATS", kind: "peer", samples: cost("nats"), target: { atMost: 1 } },
          ]),
          note: WHAT_IS_COMPARED,
        },
        {
          what: `p99 from when a batch is due until it is there, ${count} viewers`,
          unit: "ms",
          ours: lag("ours"),
          against: [
            { name: "nchan", kind: "peer", samples: lag("nchan") },
            { name: "NATS", kind: "peer", samples: lag("nats") },
          ],
          generator: samples.most("generator"),
        },
        {
          what: `p99 from when a batch is due until it is there, ${CROWD} viewers on one core`,
          unit: "ms",
          ours: lag("crowd"),
          against: [{ name: "bare Bun publish", kind: "limit", samples: lag("bareCrowd") }],
          target: { atMost: 50 },
          generator,
        },
        {
          what: `part of the core that ${CROWD} viewers use`,
          unit: "of 1",
          ours: samples.of("crowd", "core"),
          against: [],
          generator,
        },
        {
          what: `CPU for each frame that a viewer gets, ${CROWD} viewers`,
          unit: "µs",
          ours: cost("crowd"),
          against: [
            { name: "one write a frame in C", kind: "limit", samples: cost("floorCrowd"), target: { atMost: 0.4 } },
            { name: "bare Bun publish", kind: "limit", samples: cost("bareCrowd") },
          ],
          generator,
        },
      ];
    } finally {
      await stage.clear();
    }
  },
};

/** `ours`, `floor`: µs of CPU for each frame that a viewer gets. */
function perFrame(
  count: number,
  ours: readonly number[],
  floor: readonly number[],
  generator: number,
  peers: readonly Rival[] = [],
): Row {
  const limit: Rival = { name: "one write a frame in C", kind: "limit", samples: floor, target: { atMost: 0.4 } };
  const what = `CPU for each frame that a viewer gets, ${count} viewers`;
  return { what, unit: "µs", ours, against: [limit, ...peers], generator };
}

/** Starts programs that fan out, each with so many who watch; what comes back plays some seconds. */
function createStage() {
  const stops: (() => unknown)[] = [];
  const enter = async (contender: Contender, publisher: Publisher, watch: string, count: number, pace = PACE) => {
    const watching = await startViewers(watch, count);
    stops.push(() => watching.stop());
    return playOn({ pid: contender.pid, publisher, viewers: watching, count }, pace);
  };
  const started = <One extends { stop(): unknown }>(contender: One): One => {
    stops.push(() => contender.stop());
    return contender;
  };
  return {
    async ours(count: number) {
      const room = { SOCKETS_PER_ADDRESS: "10000", BUDGETS: "connect=address:1000000/1s" };
      const server = started(await startOurs({ FACES: "arena", ...room }));
      const publisher = await arenaPublisher(server.url);
      return enter(server, publisher, `${server.wsUrl}/ws/match/${publisher.match}`, count);
    },
    async floor(count: number, pace = ONE_BY_ONE) {
      const sender = started(await startContender([compiled(join(limits, "fan-out.c"))]));
      return enter(sender, await linePublisher(sender.url), sender.url, count, pace);
    },
    async bare(count: number) {
      const bare = started(await startContender([process.execPath, join(limits, "publish.ts")]));
      return enter(bare, await socketPublisher(`${bare.url}/publish`, true), bare.url, count);
    },
    async nchan(count: number) {
      const nchan = started(await startNchan());
      return enter(nchan, await socketPublisher(`${nchan.url}/publish`, false), `${nchan.url}/watch`, count);
    },
    async nats(count: number) {
      const nats = started(await startNats());
      return enter(nats, await natsPublisher(nats.url, "frames"), `${nats.url}/frames`, count);
    },
    async clear() {
      for (const stop of stops.toReversed()) await stop();
    },
  };
}
