import { openRedis } from "../../adapters/redis/link.ts";
import { RedisCalls } from "../../adapters/redis/calls.ts";
import { createRedisNodes } from "../../adapters/redis/nodes/nodes.ts";
import { examineRedis, type RedisFacts } from "../../adapters/redis/examine.ts";
import { steadyClock, systemClock } from "../../adapters/system/clock.ts";
import { versionOf } from "../../core/cluster/node-value.ts";
import type { ClusterNode } from "../../ports/nodes.ts";
import { version } from "../version.ts";
import { judgeClock, judgeLatency } from "./check-clocks.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";
import { aheadOf, latencyOf, PATIENCE_MS } from "./look.ts";

const SUBJECT = "REDIS_URL";
/** Slower than this, a find takes long; in ms. */
const SLOW_MS = 10;
/** The oldest that the scripts run on, and in a cluster the first with sharded channels. */
const OLDEST = [6, 2] as const;
const OLDEST_CLUSTER = [7, 0] as const;

/** What a look at Redis found, and the nodes that live on it. */
export interface RedisLook {
  readonly findings: readonly Finding[];
  readonly nodes: readonly ClusterNode[];
}

/** The Redis that the nodes share. */
export async function checkRedis(url: string): Promise<RedisLook> {
  let why = "it does not answer";
  const link = openRedis({
    url,
    clock: steadyClock,
    news: { lost: (trouble) => (why = trouble), up: () => undefined },
  });
  try {
    await Promise.race([link.tried, new Promise<void>((over) => void steadyClock.after(PATIENCE_MS, over))]);
    if (link.troubles().length > 0) {
      const advice = "See that the server runs, that this machine may connect, and that user and password are right.";
      return { findings: [fail(SUBJECT, `Redis cannot be used: ${why.replace(/\.$/, "")}.`, advice)], nodes: [] };
    }
    const calls = new RedisCalls(link, steadyClock);
    const facts = await examineRedis(link);
    const refused = [...facts.refused];
    const live = await createRedisNodes({ calls })
      .live()
      .catch(() => []);
    const timed = facts.time === null ? [] : await timeOf(facts.time);
    return {
      findings: [
        ...facts.servers.flatMap((server) => judgeServer(server, facts.isCluster)),
        judgeRights(refused),
        ...timed,
        judgeNodes(live),
      ],
      nodes: live,
    };
  } catch (error) {
    const sentence = `Redis cannot be examined: ${(error as Error).message.replace(/\.$/, "")}.`;
    return { findings: [fail(SUBJECT, sentence, "See what the log of Redis says of it.")], nodes: [] };
  } finally {
    link.close();
  }
}

/** How many nodes there are, and whether they and this program are of one version. */
export function judgeNodes(nodes: readonly ClusterNode[], own = version): Finding {
  if (nodes.length === 0) return ok(SUBJECT, "No node lives on it.");
  const byVersion = Map.groupBy(nodes, ({ value }) => versionOf(value) ?? "an unknown version");
  const live = `${nodes.length} ${nodes.length === 1 ? "node lives" : "nodes live"} on it`;
  if (byVersion.size === 1 && byVersion.has(own)) return ok(SUBJECT, `${live}, of version ${own} as this program.`);
  const told = [...byVersion].map(([name, all]) => `${all.length} of ${name}`).join(", ");
  const advice = "Unless an upgrade is going on, bring all to one version: docs/operating.md says in which order.";
  return warn(SUBJECT, `${live}: ${told}; this program is ${own}.`, advice);
}

async function timeOf(time: () => Promise<number>): Promise<readonly Finding[]> {
  return [
    judgeLatency(SUBJECT, await latencyOf(time), SLOW_MS),
    judgeClock(SUBJECT, "Redis", await aheadOf(time, () => systemClock.now())),
  ];
}

type Server = RedisFacts["servers"][number];

function judgeServer({ name, info }: Server, isCluster: boolean): readonly Finding[] {
  if (info === null) {
    const sentence = `${name} does not say what it is: the user may not ask it (INFO).`;
    return [warn(SUBJECT, sentence, "Let it (ACL: +info), so that doctor can look at version and memory.")];
  }
  const version = info.get("redis_version") ?? "0";
  const findings: Finding[] = [];
  const oldest = isCluster ? OLDEST_CLUSTER : OLDEST;
  if (isOlder(version, oldest)) {
    findings.push(
      fail(SUBJECT, `${name} is Redis ${version}: too old.`, `Upgrade it to ${oldest.join(".")} or newer.`),
    );
  }
  if (info.get("role") === "slave") {
    findings.push(fail(SUBJECT, `${name} is a replica: it takes no writes.`, "Name the master."));
  }
  const [policy = "noeviction", most = "0"] = [info.get("maxmemory_policy"), info.get("maxmemory")];
  if (policy !== "noeviction") {
    const sentence = `${name} throws keys away when its memory is full (maxmemory-policy ${policy}): hosts, waiting players and claims vanish.`;
    const advice = "Set maxmemory-policy noeviction, and give Rendezvous a Redis of its own.";
    findings.push(most === "0" ? warn(SUBJECT, sentence, advice) : fail(SUBJECT, sentence, advice));
  }
  const used = Number(info.get("used_memory") ?? 0);
  if (most !== "0" && used > 0.9 * Number(most)) {
    const sentence = `${name} uses ${Math.round((100 * used) / Number(most))} % of its maxmemory: past it, writes are refused.`;
    findings.push(warn(SUBJECT, sentence, "Raise maxmemory, or see what else is kept in it."));
  }
  if (findings.length > 0) return findings;
  const mode = isCluster ? "of a cluster" : "alone";
  return [ok(SUBJECT, `${name} is Redis ${version}, ${mode}, and throws no key away.`)];
}

function isOlder(version: string, oldest: readonly number[]): boolean {
  const parts = version.split(".").map(Number);
  for (const [at, wanted] of oldest.entries()) {
    const part = parts[at] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}

function judgeRights(refused: readonly string[]): Finding {
  if (refused.length === 0) return ok(SUBJECT, "The user may use all keys, scripts and channels that are needed.");
  const sentence = `The user may not ${refused.join(", nor ")}.`;
  const advice = "Let it: ACL SETUSER … ~rendezvous:* ~host:* ~socket:* &rendezvous:* &socket:* +@all -@admin +info.";
  return fail(SUBJECT, sentence, advice);
}
