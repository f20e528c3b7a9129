import { join } from "node:path";
import { connectionCosts, type ConnectionCosts } from "../harness/connections.ts";
import { startContender, startOurs, type Contender } from "../harness/contender.ts";
import { cpuSeconds } from "../harness/processes.ts";
import { inRounds, type Figures } from "../harness/rounds.ts";
import type { Row, Work } from "../harness/work.ts";
import { call, CHAT_PATH, chatters } from "../load/chatters.ts";
import { startClients, type Clients } from "../load/clients.ts";

const peer = join(import.meta.dir, "../peers/socketio/server.mjs");

/** All checks are made, and none refuses anything. */
const settings = {
  FACES: "video-chat",
  SOCKETS_PER_ADDRESS: "0",
  BUDGETS: [
    "connect=address:1000000/1s",
    "join=address:1000000/1s,socket:1000000/1s",
    "message=address:1000000/1s,socket:1000000/1s",
    "signal=address:1000000/1s,socket:1000000/1s",
    "chat=address:1000000/1s,socket:1000000/1s",
  ].join(";"),
};

/** Those who connect and join in a round, and those who did before, so that nothing happens for the first time. */
const JOINING = 2_000;
const BEFORE = 300;

/** Those who talk while messages are counted, and how many they send in a second. */
const TALKING = 200;
const PER_SECOND = 12_000;

const start = {
  ours: () => startOurs(settings),
  node: () => startContender(["node", peer]),
};
type Who = keyof typeof start;

const starts = Object.entries(start) as [Who, () => Promise<Contender>][];

/** Joining, signaling and words between strangers, against a backend on Socket.IO and Node as tutorials write it. */
export const videoChat: Work = {
  name: "video-chat",
  title: "Video chat over Socket.IO",
  needs: ["taskset"],
  async measure({ rounds, seconds, smoke }) {
    // Processor time of some thousand messages stands still enough.
    const messages = await measureMessages(rounds, smoke ? seconds / 2 : seconds);
    return smoke ? [messages] : [messages, ...(await measureConnections(rounds))];
  },
};

async function measureMessages(rounds: number, seconds: number): Promise<Row> {
  const begun: { who: Who; server: Contender; clients: Clients }[] = [];
  try {
    for (const [who, begin] of starts) {
      const one = { who, server: await begin(), clients: startClients() };
      begun.push(one);
      await one.clients.open(one.server.url.replace(/^http/, "ws") + CHAT_PATH, chatters(TALKING));
      await one.clients.send(call, PER_SECOND, 1);
    }
    const measure =
      ({ server, clients }: (typeof begun)[number]) =>
      async (): Promise<Figures> => {
        const before = cpuSeconds(server.pid);
        const { sent, generator } = await clients.send(call, PER_SECOND, seconds);
        return { micros: ((cpuSeconds(server.pid) - before) * 1e6) / sent, generator };
      };
    const contenders = Object.fromEntries(begun.map((one) => [one.who, measure(one)]));
    const samples = await inRounds(rounds, contenders as Record<Who, () => Promise<Figures>>);
    return {
      what: "message to the partner",
      unit: "µs of CPU",
      ours: samples.of("ours", "micros"),
      against: [
        { name: "socket.io on Node", kind: "peer", samples: samples.of("node", "micros"), target: { atMost: 1 } },
      ],
      generator: samples.most("generator"),
    };
  } finally {
    await Promise.all(begun.flatMap(({ server, clients }) => [server.stop(), clients.stop()]));
  }
}

async function measureConnections(rounds: number): Promise<Row[]> {
  const path = CHAT_PATH;
  const all = chatters(BEFORE + JOINING);
  const many = all.slice(BEFORE);
  const { ours, node } = await connectionCosts(
    { ours: { start: start.ours, path, many }, node: { start: start.node, path, many } },
    { rounds, before: all.slice(0, BEFORE) },
  );
  const row = (what: string, unit: string, figure: keyof ConnectionCosts): Row => ({
    what,
    unit,
    ours: ours[figure],
    against: [{ name: "socket.io on Node", kind: "peer", samples: node[figure], target: { atMost: 1 } }],
    // It waits for each answer.
    generator: 0,
  });
  return [row("connect and join", "µs of CPU", "micros"), row("connected, with a partner", "bytes resident", "bytes")];
}
