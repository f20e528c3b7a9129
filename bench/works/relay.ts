import { join } from "node:path";
import { startContender, startOurs, type Contender } from "../harness/contender.ts";
import { cpuSeconds } from "../harness/processes.ts";
import { inRounds, type Figures } from "../harness/rounds.ts";
import type { Rival, Row, Target, Work } from "../harness/work.ts";
import { devicePairs, namedPairs, WIDE_BUDGETS } from "../load/device-pairs.ts";
import { startPairs, type PairClient, type Pairs } from "../load/pairs.ts";
import { peerjsPairs } from "../load/peerjs-pairs.ts";

const USERS = 20;
const DEVICES_EACH = 10;
const CLIENTS = USERS * DEVICES_EACH;

/** Messages a second, of which the slowest of all has half its core left. */
const STEADY = 15_000;

/** Messages under way from each client where it is measured how many get through. */
const WINDOW = 2;

const here = (file: string): string => join(import.meta.dir, "..", file);

/** A relay, and clients in pairs that are connected to it. */
interface Relay {
  readonly pid: number;
  readonly pairs: Pairs;
  stop(): Promise<unknown>;
}

const portOf = (url: string): number => Number(new URL(url).port);

/** Offers of 1.2 KB between devices of contacts, on one node without stores. */
export const relay: Work = {
  name: "relay",
  title: "Devices relay, one node",
  needs: ["taskset", "gcc"],
  async measure({ rounds, seconds, smoke }) {
    const started: Relay[] = [];
    const start = async (contender: Promise<Contender>, clients: (at: Contender) => readonly PairClient[]) => {
      const server = await contender;
      const pairs = await startPairs(clients(server));
      const relay = { pid: server.pid, pairs, stop: () => Promise.all([pairs.stop(), server.stop()]) };
      started.push(relay);
      return relay;
    };
    const inNode = (file: string) => startContender(["node", here(file)]);
    try {
      const server = await startOurs({ FACES: "devices", BUDGETS: WIDE_BUDGETS });
      const clients = await devicePairs([server], { users: USERS, devicesEach: DEVICES_EACH });
      const ours = await start(Promise.resolve(server), () => clients);
      const named = ({ url }: Contender) => namedPairs(portOf(url), CLIENTS);
      const bare = await start(startContender([process.execPath, here("limits/relay.ts")]), named);
      if (smoke) return [await cpuRow("steady", { ours, bare }, { rounds, seconds })];

      const ws = await start(inNode("peers/ws/relay.mjs"), named);
      const peerjs = await start(inNode("peers/peerjs/server.mjs"), ({ url }) => peerjsPairs(portOf(url), CLIENTS));
      return [
        await cpuRow("steady", { ours, bare, ws, peerjs }, { rounds, seconds }),
        await throughputRow({ ours, bare }, { rounds, seconds }),
      ];
    } finally {
      await Promise.all(started.map((relay) => relay.stop()));
    }
  },
};
