import { Redis } from "ioredis";
import { eventually } from "./eventually.ts";
import { freePort } from "./free-port.ts";
import { tryToStart, type RunningRedis } from "./redis.ts";

/** One server of a cluster. */
export interface ClusterMember extends RunningRedis {
  readonly id: string;
  /** Where it talks to the other members. */
  readonly busPort: number;
  /** To the server itself: it answers MOVED where the cluster's client would follow. */
  readonly direct: Redis;
}

/** A Redis Cluster of three masters on this machine, keeping nothing. */
export interface RunningCluster {
  /** All its members, separated by commas. */
  readonly url: string;
  readonly members: readonly ClusterMember[];
  /** The member that holds the key's slot just now, as the others see it. */
  masterOf(key: string): Promise<ClusterMember>;
  replicaOf(master: ClusterMember): Promise<ClusterMember>;
  /** Ends a member as kill -9 does. */
  kill(member: ClusterMember): Promise<void>;
  /** A replica takes its master's place, both being alive; resolves when the others know. */
  failover(master: ClusterMember): Promise<ClusterMember>;
  /** Resolves when every living member finds all slots served, and has a connection to every other that lives. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const MASTERS = 3;
const SLOTS = 16_384;
/** Longer than the servers themselves wait before they take writes. */
const FORMING_MS = 20_000;
/** After this long a replica has given a failover up that its master was too busy to help with. */
const FAILOVER_MS = 6_000;

/**
 * Forms a cluster. `replicas`: of each master. `nodeTimeoutMs`: how long a member may be silent before the others
 * replace it; short ones make a busy machine replace members that live. `firstPort`: of the first member.
 */
export async function startRedisCluster(
  options: { readonly replicas?: 0 | 1; readonly nodeTimeoutMs?: number; readonly firstPort?: number } = {},
): Promise<RunningCluster> {
  const { replicas = 0, nodeTimeoutMs = replicas === 0 ? 10_000 : 1_500, firstPort } = options;
  const members: ClusterMember[] = [];
  while (members.length < MASTERS * (1 + replicas)) {
    members.push(await startMember(nodeTimeoutMs, members.length === 0 ? firstPort : undefined));
  }
  const alive = new Set(members);

  const settled = async (): Promise<void> => {
    const ids = [...alive].map(({ id }) => id);
    for (const { direct } of alive) {
      await eventually("all slots are served", () => servesAll(direct), FORMING_MS);
      // What is published meanwhile would not reach those it has no connection to, and no slot tells.
      await eventually("it has a connection to every other", () => reachesAll(direct, ids), FORMING_MS);
    }
  };

  await form(members);
  await settled();

  const rows = async (): Promise<string[][]> => {
    const [asked] = [...alive];
    return String(await asked!.direct.cluster("NODES"))
      .trim()
      .split("\n")
      .map((line) => line.split(" "));
  };
  /** The member that fits, as soon as the one that is asked knows of it. */
  const find = async (what: string, fits: (row: string[]) => boolean): Promise<ClusterMember> => {
    const row = await eventually(what, async () => (await rows()).find(fits), FORMING_MS);
    return members.find(({ id }) => id === row[0])!;
  };
  const replicaOf = (master: ClusterMember): Promise<ClusterMember> =>
    find("a replica", ([, , flags = "", of]) => of === master.id && !flags.includes("fail"));

  return {
    url: members.map(({ url }) => url).join(","),
    members,
    async masterOf(key) {
      const [asked] = [...alive];
      const slot = await asked!.direct.cluster("KEYSLOT", key);
      return find("a master", ([, , flags = "", , , , , , ...ranges]) => {
        if (!flags.includes("master") || flags.includes("fail")) return false;
        return ranges.some((range) => {
          const [from, to = from] = range.split("-").map(Number);
          return slot >= from! && slot <= to!;
        });
      });
    },
    replicaOf,
    async kill(victim) {
      alive.delete(victim);
      victim.direct.disconnect();
      await victim.stop();
    },
    async failover(master) {
      const replica = await replicaOf(master);
      let askedAt = -Infinity;
      for (const { direct } of alive) {
        await eventually(
          "everybody knows the new master",
          async () => {
            if (isMaster(String(await direct.cluster("NODES")), replica.id)) return true;
            if (performance.now() - askedAt < FAILOVER_MS) return false;
            askedAt = performance.now();
            // It may have become the master while it was asked.
            await replica.direct.cluster("FAILOVER").catch(() => undefined);
            return false;
          },
          FORMING_MS,
        );
      }
      return replica;
    },
    settled,
    async stop() {
      for (const { direct, stop } of alive) {
        direct.disconnect();
        await stop();
      }
      alive.clear();
    },
  };
}

async function startMember(nodeTimeoutMs: number, wanted?: number): Promise<ClusterMember> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const [port, busPort] = [wanted ?? (await freePort()), await freePort()];
    const running = await tryToStart(port, [
      ...["--cluster-enabled", "yes", "--cluster-port", `${busPort}`, "--cluster-node-timeout", `${nodeTimeoutMs}`],
      ...["--cluster-announce-ip", "127.0.0.1", "--cluster-replica-validity-factor", "0"],
      ...["--repl-diskless-sync-delay", "0"],
    ]);
    if (running === null) continue;
    const direct = new Redis(running.url);
    direct.on("error", () => undefined);
    return { ...running, id: String(await direct.cluster("MYID")), direct, busPort };
  }
  throw new Error("a member of the cluster did not start");
}

async function form(members: readonly ClusterMember[]): Promise<void> {
  const masters = members.slice(0, MASTERS);
  const share = Math.ceil(SLOTS / MASTERS);
  for (const [n, { direct }] of masters.entries()) {
    await direct.call("CLUSTER", "SET-CONFIG-EPOCH", n + 1);
    await direct.call("CLUSTER", "ADDSLOTSRANGE", n * share, Math.min((n + 1) * share, SLOTS) - 1);
  }
  const [first] = masters;
  for (const { port, direct, busPort } of members.slice(1)) {
    await first!.direct.call("CLUSTER", "MEET", "127.0.0.1", port, busPort);
    await eventually("the members have met", async () => (await known(direct)) > 1, FORMING_MS);
  }
  for (const { direct } of members) {
    await eventually("everybody knows everybody", async () => (await known(direct)) === members.length, FORMING_MS);
  }
  for (const [n, { direct }] of members.slice(MASTERS).entries()) {
    await direct.call("CLUSTER", "REPLICATE", masters[n]!.id);
    await eventually(
      "the replica follows",
      async () => (await direct.info("replication")).includes("master_link_status:up"),
      FORMING_MS,
    );
  }
}

/** How many members this one knows by their names, itself included: those it is only shaking hands with do not count. */
async function known(direct: Redis): Promise<number> {
  const lines = String(await direct.cluster("NODES"))
    .trim()
    .split("\n");
  return lines.filter((line) => !line.includes("handshake")).length;
}

async function servesAll(direct: Redis): Promise<boolean> {
  const info = String(await direct.cluster("INFO"));
  return info.includes("cluster_state:ok") && info.includes(`cluster_slots_ok:${SLOTS}`);
}

async function reachesAll(direct: Redis, ids: readonly string[]): Promise<boolean> {
  const lines = String(await direct.cluster("NODES")).split("\n");
  return ids.every((id) => lines.find((one) => one.startsWith(`${id} `))?.split(" ")[7] === "connected");
}

function isMaster(nodes: string, id: string): boolean {
  const line = nodes.split("\n").find((one) => one.startsWith(`${id} `));
  return line?.split(" ")[2]?.includes("master") ?? false;
}
