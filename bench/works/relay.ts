import { join } from "node:path";
import { startContender, startOurs, type Contender } from "../harness/contender.ts";
import { inRounds, type Samples } from "../harness/rounds.ts";
import type { Rival, Target, Work } from "../harness/work.ts";
import { devicePairs, echoClients, namedPairs, WIDE_BUDGETS } from "../load/device-pairs.ts";
import type { PairClient } from "../load/pairs.ts";
import { peerjsPairs } from "../load/peerjs-pairs.ts";
import { startRelay, type Relay } from "../load/relay-run.ts";

const USERS = 20;
const DEVICES_EACH = 10;
const CLIENTS = USERS * DEVICES_EACH;

/** Messages a second for latencies: about a third of what gets through. */
const STEADY = 20_000;

/** Where all send as much as gets through, their processor time stands still sooner than latencies do. */
const [FULL_PART, BURSTS_PART] = [0.5, 0.25];

/** As many as a client sends at once where it sends more than one: an offer and its candidates. */
const BURST = 8;

/** At most so much more of the processor than the bare relay, than PeerJS and than ws; the targets say it the other way round. */
const [MOST_OF_BARE, MOST_OF_PEERJS, MOST_OF_WS] = [1.538, 0.333, 0.4];

const here = (file: string): string => join(import.meta.dir, "..", file);
const inBun = (file: string): Promise<Contender> => startContender([process.execPath, here(file)]);
const inNode = (file: string): Promise<Contender> => startContender(["node", here(file)]);

/** Offers of 1.2 KB between devices of contacts, on one node without stores. */
export const relay: Work = {
  name: "relay",
  title: "Devices relay, one node",
  needs: ["taskset", "gcc"],
  async measure({ rounds, seconds, smoke }) {
    const started: Relay[] = [];
    const start = async (
      starting: Promise<Contender>,
      clientsOf: (port: number) => readonly PairClient[] | Promise<readonly PairClient[]>,
    ): Promise<Relay> => {
      const server = await starting;
      const relay = await startRelay([server], await clientsOf(Number(new URL(server.url).port)));
      started.push(relay);
      return relay;
    };
    const people = { users: USERS, devicesEach: DEVICES_EACH };
    const named = (port: number) => namedPairs(port, CLIENTS);
    try {
      const server = await startOurs({ FACES: "devices", BUDGETS: WIDE_BUDGETS });
      const ours = await start(Promise.resolve(server), () => devicePairs([server], people));
      const bare = await start(inBun("limits/relay.ts"), named);
      const full = (one: Relay) => () => one.saturated(seconds * FULL_PART);
      if (smoke) {
        const samples = await inRounds(rounds, { ours: full(ours), bare: full(bare) });
        return [
          {
            what: "a message",
            unit: "µs of CPU",
            ours: samples.of("ours", "cpu"),
            against: [
              {
                name: "bare Bun relay",
                kind: "limit",
                samples: samples.of("bare", "cpu"),
                target: { atMost: MOST_OF_BARE },
              },
            ],
            generator: 0,
          },
        ];
      }
      const echo = await start(inBun("limits/relay.ts"), (port) => echoClients(port, CLIENTS));
      const ws = await start(inNode("peers/ws/relay.mjs"), named);
      const peerjs = await start(inNode("peers/peerjs/server.mjs"), (port) => peerjsPairs(port, CLIENTS));

      const contenders = { ours: full(ours), bare: full(bare), echo: full(echo), ws: full(ws), peerjs: full(peerjs) };
      const samples = await inRounds(rounds, contenders);
      const cpu = (who: keyof typeof contenders) => samples.of(who, "cpu");
      const inBursts = (one: Relay) => () => one.saturated(seconds * BURSTS_PART, BURST);
      const bursts = await inRounds(rounds, {
        ours: inBursts(ours),
        bare: inBursts(bare),
        ws: inBursts(ws),
        peerjs: inBursts(peerjs),
      });
      const steady = await inRounds(rounds, {
        ours: () => ours.steady(STEADY, seconds),
        bare: () => bare.steady(STEADY, seconds),
      });
      const [own, theirs] = [steady.of("ours", "p99"), steady.of("bare", "p99")];
      return [
        {
          what: "a message",
          unit: "µs of CPU",
          ours: cpu("ours"),
          against: [...rivals(samples), { name: "bare Bun echo", kind: "limit", samples: cpu("echo") }],
          // Processor time is the server's own, however fast messages come; how many get through one by one, it says, too:
          // to ask as fast as the bare relay answers takes nearly all of the load's core.
          generator: 0,
        },
        {
          what: "a message: in the kernel",
          unit: "µs of it",
          ours: samples.of("ours", "kernel"),
          against: [
            { name: "bare Bun relay", kind: "limit", samples: samples.of("bare", "kernel") },
            { name: "all that a third of PeerJS is", kind: "limit", samples: shareOf(cpu("peerjs"), MOST_OF_PEERJS) },
            { name: "all that two fifths of ws are", kind: "limit", samples: shareOf(cpu("ws"), MOST_OF_WS) },
          ],
          generator: 0,
          note: "who receives and sends each message by itself has next to nothing left for reading it.",
        },
        {
          what: `a message, ${BURST} of each client under way`,
          unit: "µs of CPU",
          ours: bursts.of("ours", "cpu"),
          against: rivals(bursts),
          generator: 0,
          note: "what comes for one socket in a turn of the event loop goes out in one call into the kernel.",
        },
        {
          what: `messages, ${BURST} of each client under way`,
          unit: "a second",
          ours: bursts.of("ours", "perSecond"),
          against: beside(bursts, "perSecond", { atLeast: 0.65 }),
          generator: bursts.most("generator"),
        },
        {
          what: `p99 of a message, ${BURST} of each client under way`,
          unit: "ms",
          ours: bursts.of("ours", "p99"),
          against: beside(bursts, "p99"),
          generator: bursts.most("generator"),
        },
        {
          what: `p99 at ${STEADY.toLocaleString("en-US")} messages a second, added to the bare relay's`,
          unit: "ms",
          ours: own.map((p99, round) => p99 - theirs[round]!),
          against: [],
          target: { atMost: 1 },
          generator: steady.most("generator"),
        },
      ];
    } finally {
      await Promise.all(started.map((one) => one.stop()));
    }
  },
};

function shareOf(samples: readonly number[], share: number): number[] {
  return samples.map((sample) => sample * share);
}

type Who = "bare" | "ws" | "peerjs";

/** What a message of ours is held against, by processor time. */
function rivals(samples: Samples<Who>): readonly Rival[] {
  const [bare, peerjs, ws] = beside(samples, "cpu", { atMost: MOST_OF_BARE });
  return [bare!, { ...peerjs!, target: { atMost: MOST_OF_PEERJS } }, { ...ws!, target: { atMost: MOST_OF_WS } }];
}

/** The same figure of the others; `target`: what is asked for beside the bare relay. */
function beside(samples: Samples<Who>, figure: string, target?: Target): readonly Rival[] {
  return [
    { name: "bare Bun relay", kind: "limit", samples: samples.of("bare", figure), ...(target && { target }) },
    { name: "PeerJS", kind: "peer", samples: samples.of("peerjs", figure) },
    { name: "ws on Node", kind: "peer", samples: samples.of("ws", figure) },
  ];
}
