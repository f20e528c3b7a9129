import { Cluster, Redis } from "ioredis";
import type { Clock, Timer } from "../../ports/clock.ts";
import { readAddress } from "./address.ts";
import { clusterTrouble } from "./cluster-state.ts";
import type { LinkNews, RedisLink } from "./connection.ts";
import { clusterOptions, earOptions, retryMs, singleOptions } from "./options.ts";
import { allKnowShardedChannels, isOfCluster } from "./probe.ts";
import { letChannelsSayWhetherAnybodyListens } from "./tracing-channel.ts";

/** How often a cluster is looked after, in ms. */
const LOOK_MS = 2_000;

/** The least time between two questions to a cluster which server holds what, in ms, however many ask for it. */
const REFRESH_MS = 100;

/** Opens the way to the Redis, or the cluster, that `url` names; goes on trying until it is closed. */
export function openRedis(options: {
  readonly url: string;
  readonly clock: Clock;
  readonly news: LinkNews;
}): RedisLink {
  letChannelsSayWhetherAnybodyListens();
  const { clock, news } = options;
  const { seeds, login } = readAddress(options.url);
  const hearers: (() => void)[] = [];
  const { promise: tried, resolve: isTried } = Promise.withResolvers<void>();
  let single: Redis | null = null;
  let cluster: Cluster | null = null;
  let hasShardedChannels: boolean | null = null;
  let trouble: string | null = "redis is not reachable";
  let wasLost = false;
  let isClosed = false;
  let attempts = 0;
  let timer: Timer | null = null;
  let isLooking = false;
  let resting: Timer | null = null;
  let isAskedAgain = false;

  const changed = (): void => hearers.forEach((tell) => tell());

  const lost = (why: string, detail = why): void => {
    if (isClosed) return;
    const isNews = !wasLost;
    trouble = why;
    wasLost = true;
    if (isNews) news.lost(detail);
    isTried();
  };

  const up = (): void => {
    if (isClosed || trouble === null) return;
    trouble = null;
    news.up(cluster === null ? "redis" : "redis cluster", wasLost);
    wasLost = false;
    isTried();
    changed();
  };

  const look = async (): Promise<void> => {
    if (cluster === null || cluster.status !== "ready" || isLooking) return;
    isLooking = true;
    try {
      const looked = cluster;
      if (hasShardedChannels !== true) {
        hasShardedChannels = await allKnowShardedChannels(looked.nodes("master"));
        changed();
      }
      const found = await clusterTrouble(looked, clock);
      if (found === null) up();
      else lost(found);
    } catch (error) {
      lost("redis cluster is not reachable", (error as Error).message);
    } finally {
      isLooking = false;
    }
  };

  const refresh = (): void => {
    if (cluster === null || isClosed) return;
    isAskedAgain = resting !== null;
    if (isAskedAgain) return;
    cluster.refreshSlotsCache();
    resting = clock.after(REFRESH_MS, () => {
      resting = null;
      if (isAskedAgain) refresh();
    });
  };

  const useCluster = (): void => {
    if (isClosed || cluster !== null) return;
    single?.disconnect();
    single = null;
    trouble ??= "redis cluster is not reachable";
    cluster = new Cluster(
      seeds.map(({ host, port }) => ({ host, port })),
      clusterOptions(login),
    );
    cluster.on("error", (error: Error) => lost("redis cluster is not reachable", error.message));
    cluster.on("node error", () => undefined);
    cluster.on("close", () => lost("redis cluster is not reachable"));
    cluster.on("ready", () => void look());
    cluster.on("refresh", changed);
    timer = clock.every(LOOK_MS, () => void look());
  };

  const useSingle = (): void => {
    if (isClosed) return;
    // Behind the same name there may be a cluster one day, or one that lets nobody ask.
    const failed = ({ message }: Error): void => void (message.startsWith("MOVED ") && useCluster());
    single = new Redis(seeds[0]!.url, singleOptions(failed));
    single.on("error", (error: Error) => lost("redis is not reachable", error.message));
    single.on("close", () => lost("redis is not reachable", "the connection was closed"));
    single.on("ready", up);
  };

  const find = async (): Promise<void> => {
    let why = "";
    for (const seed of seeds) {
      try {
        if (await isOfCluster(seed)) return useCluster();
        if (seeds.length === 1) return useSingle();
        why = "REDIS_URL names several servers, but they are no cluster";
      } catch (error) {
        why ||= (error as Error).message;
      }
    }
    if (isClosed) return;
    lost("redis is not reachable", why);
    timer = clock.after(retryMs(++attempts), () => void find());
  };
  void find();

  return {
    tried,
    isCluster: () => cluster !== null,
    get hasShardedChannels() {
      return cluster === null ? false : hasShardedChannels;
    },
    current() {
      const connection = single ?? cluster;
      if (connection?.status !== "ready") throw new Error("redis is not reachable");
      return connection;
    },
    dial(server) {
      if (server === null) return new Redis(seeds[0]!.url, earOptions());
      const colon = server.lastIndexOf(":");
      return new Redis({
        ...earOptions(),
        ...login,
        host: server.slice(0, colon),
        port: Number(server.slice(colon + 1)),
      });
    },
    refresh,
    onChange: (tell) => void hearers.push(tell),
    troubles: () => (trouble === null ? [] : [trouble]),
    close() {
      isClosed = true;
      timer?.cancel();
      resting?.cancel();
      single?.disconnect();
      cluster?.disconnect();
    },
  };
}
