import type { ClusterOptions, RedisOptions } from "ioredis";
import type { Login } from "./address.ts";

/** How long a server may take to accept a connection, in ms. */
const CONNECT_MS = 2_000;

/** How long a server may be silent while it owes answers before the connection is taken for dead, in ms. */
const SILENT_MS = 10_000;

/** How often a cluster is asked which server holds what, when nothing has shown that it changed, in ms. */
const MAP_MS = 5_000;

/** The wait before the next attempt to connect, in ms. */
export function retryMs(attempt: number): number {
  return Math.min(attempt * 100, 2_000);
}

/** For every connection. `failed` hears each error that Redis answers with. */
function shared(failed: (error: Error) => void) {
  return {
    connectionName: "rendezvous",
    connectTimeout: CONNECT_MS,
    socketTimeout: SILENT_MS,
    // A command that may have been carried out is never sent again.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    reconnectOnError(error: Error) {
      failed(error);
      return isWrongServer(error);
    },
  } satisfies RedisOptions;
}

/** A replica, or one that is not ready: behind the same name there is, or will be, another one. */
function isWrongServer({ message }: Error): boolean {
  return /^(READONLY|LOADING|MASTERDOWN)\b/.test(message);
}

export function singleOptions(failed: (error: Error) => void) {
  return {
    ...shared(failed),
    // A caller hears at once that Redis is away; nothing waits in a queue without an end.
    enableOfflineQueue: false,
    retryStrategy: retryMs,
  } satisfies RedisOptions;
}

/** For a connection that only hears. `socketTimeout` counts from the pings that its owner sends. */
export function earOptions() {
  return { ...singleOptions(() => undefined), autoResubscribe: false, socketTimeout: 4_000 } satisfies RedisOptions;
}

/**
 * For a cluster. What one of its servers did not carry out for sure is repeated; what it may have carried out is not,
 * nor does a command wait for a cluster that is down.
 */
export function clusterOptions(login: Login) {
  return {
    redisOptions: { ...shared(() => undefined), ...login },
    clusterRetryStrategy: retryMs,
    slotsRefreshInterval: MAP_MS,
    slotsRefreshTimeout: CONNECT_MS,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 100,
    // Certificates are made out to names.
    dnsLookup: (address: string, found: (error: null, address: string) => void) => found(null, address),
  } satisfies ClusterOptions;
}
