import type { Person } from "../../support/cluster.ts";
import type { RunningPostgres } from "../../support/postgres.ts";
import type { RunningAnvil } from "../../support/anvil.ts";
import type { RunningRedis } from "../../support/redis.ts";
import type { FaultNode } from "./node.ts";
import type { LayLine, Line } from "./line.ts";

export type Engine = "cluster" | "embedded";

/** A redis-server that keeps its port through kills. */
export interface FaultRedis {
  readonly port: number;
  readonly pid: number;
  readonly running: RunningRedis | null;
  /** kill -9. What it held is lost. */
  kill(): Promise<void>;
  /** On the same port, empty. */
  restart(): Promise<void>;
}

/** What faults are done to: three nodes on a Redis and a PostgreSQL, or one that holds everything itself. */
export interface FaultWorld<L extends Line = Line> {
  readonly engine: Engine;
  /** Always all of them, those that are down included. */
  readonly nodes: readonly FaultNode<L>[];
  /** Null on an embedded engine. */
  readonly redis: FaultRedis | null;
  readonly postgres: RunningPostgres | null;
  readonly anvil: RunningAnvil | null;
  /** People whom an identity provider vouches for, and who are not contacts of anybody yet. */
  people(count: number): Promise<readonly Person[]>;
  /** A node that serves, counted round from `n`; the one at `n` itself if none does. */
  serving(n: number): FaultNode<L>;
  stop(): Promise<void>;
}

export interface WorldOptions<L extends Line = Line> {
  readonly engine: Engine;
  /** Nodes of a cluster. Default 3. */
  readonly count?: number;
  /** Environment of all nodes, or of each by its number. */
  readonly settings?: Readonly<Record<string, string>> | ((node: number) => Readonly<Record<string, string>>);
  /** What stands before the program, such as `["prlimit", "--nofile=300"]`; it must exec, so that the pid is the server's. */
  readonly prefix?: (node: number) => readonly string[];
  /** The folder of the source tree. Default: this one. */
  readonly root?: string;
  /** Lays the lines between each node and each store. Without it the nodes connect to the stores themselves. */
  readonly lay?: LayLine<L>;
  /** A chain for the arena's ratings. Default: none. */
  readonly chain?: RunningAnvil;
  /** Already running; the world then does not stop it. */
  readonly postgres?: RunningPostgres;
  /** Folder for SQLite's file, such as a small tmpfs. Default: one of the node's own, gone with the world. */
  readonly dataDir?: string;
}
