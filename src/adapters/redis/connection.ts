import type { Cluster, Redis } from "ioredis";

export type RedisConnection = Redis | Cluster;

/** The way to a Redis, or to a Redis Cluster: which of the two shows only once one of its servers has answered. */
export interface RedisLink {
  /**
   * What commands go by just now.
   *
   * @throws {Error} while Redis is away
   */
  current(): RedisConnection;
  isCluster(): boolean;
  /** Whether all servers of a cluster know sharded channels; false on a single Redis, null while unknown. */
  readonly hasShardedChannels: boolean | null;
  /** A new connection to one server, for hearing: of a cluster, by `host:port`; without, to the single Redis. */
  dial(server: string | null): Redis;
  /** Asks a cluster at once which server holds what. */
  refresh(): void;
  /** Calls `tell` whenever it may have changed which server holds what. */
  onChange(tell: () => void): void;
  /** Resolves when Redis has answered, or was found to be away. */
  readonly tried: Promise<void>;
  /** What is wrong, in words; empty when all is well. */
  troubles(): readonly string[];
  close(): void;
}

/** What is told of a link as it happens, once for each change. */
export interface LinkNews {
  lost(trouble: string): void;
  up(about: "redis" | "redis cluster", wasLost: boolean): void;
}
