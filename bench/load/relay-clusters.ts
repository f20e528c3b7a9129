import { LOAD_CORE, moveToCore } from "../harness/cores.ts";
import type { Contender } from "../harness/contender.ts";
import { cpuSeconds } from "../harness/processes.ts";
import { inRounds, median, type Figures } from "../harness/rounds.ts";
import { startRedis } from "../../test/support/redis.ts";
import type { PairClient } from "./pairs.ts";
import { commandsOf } from "./redis-commands.ts";
import { startRelay, type Relay } from "./relay-run.ts";

/** Processor time of all nodes, in µs, and commands that their Redis has carried out. */
interface Used {
  readonly cpu: number;
  readonly commands: number;
}

/** Devices in pairs that are connected to nodes of a cluster. */
export interface Load {
  readonly cluster: Cluster;
  readonly relay: Relay;
}

/** Some nodes that pass on messages to each other, and a Redis of their own on the core of the load. */
export class Cluster {
  readonly servers: readonly Contender[];
  readonly #redis: Awaited<ReturnType<typeof startRedis>>;
  readonly #relays: Relay[] = [];
  /** What it used each second while it had nothing to pass on. */
  readonly #idle: Used[] = [];

  private constructor(servers: readonly Contender[], redis: Awaited<ReturnType<typeof startRedis>>) {
    this.servers = servers;
    this.#redis = redis;
  }

  /** @param start a node, or what is held against it, that uses this Redis */
  static async start(count: number, start: (redis: string) => Promise<Contender>): Promise<Cluster> {
    const redis = await startRedis();
    moveToCore(LOAD_CORE, redis.pid);
    const servers: Contender[] = [];
    for (let n = 0; n < count; n++) servers.push(await start(redis.url));
    return new Cluster(servers, redis);
  }

  /** Lets clients send to each other. */
  async load(clients: readonly PairClient[]): Promise<Load> {
    const relay = await startRelay(this.servers, clients, true);
    this.#relays.push(relay);
    return { cluster: this, relay };
  }

  async used(): Promise<Used> {
    const cpu = this.servers.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0) * 1e6;
    return { cpu, commands: await commandsOf(this.#redis.url) };
  }

  /** Notes what it uses meanwhile, while it has nothing to pass on. */
  async rest<Result>(meanwhile: () => Promise<Result>): Promise<Result> {
    const [began, before] = [performance.now(), await this.used()];
    const result = await meanwhile();
    const [after, seconds] = [await this.used(), (performance.now() - began) / 1e3];
    this.#idle.push({
      cpu: (after.cpu - before.cpu) / seconds,
      commands: (after.commands - before.commands) / seconds,
    });
    return result;
  }

  /** What it uses in a second in which it has nothing to pass on. */
  idle(figure: keyof Used): number {
    return median(this.#idle.map((used) => used[figure]));
  }

  stop(): Promise<unknown> {
    // A relay takes its servers along; where there is none, since its clients were refused, they are left.
    const running = this.#relays.length > 0 ? this.#relays : this.servers;
    return Promise.all([...running.map((one) => one.stop()), this.#redis.stop()]);
  }
}

/** So many messages a second over a load. */
export interface Pace {
  readonly load: Load;
  readonly perSecond: number;
}

/** What messages took: `cpu` (µs) and `commands` of each, beside what its cluster does without any; `p50` and `p99`, in ms. */
export interface Costs<Name extends string> {
  of(name: Name, figure: "cpu" | "commands" | "p50" | "p99"): number[];
  /** The part of its core that the load's generator used at most. */
  readonly generator: number;
}

/**
 * Sends over one load after the other, in rounds. What a cluster does without messages is found out while another's are
 * sent, so that it is the same moments, and as long a time, that are compared.
 */
export async function costsOf<Name extends string>(
  rounds: number,
  seconds: number,
  paces: Readonly<Record<Name, Pace>>,
): Promise<Costs<Name>> {
  const all = Object.entries<Pace>(paces) as [Name, Pace][];
  const measure = async ({ load, perSecond }: Pace): Promise<Figures> => {
    const before = await load.cluster.used();
    const figures = await load.relay.steady(perSecond, seconds);
    const after = await load.cluster.used();
    const each = (figure: keyof Used): number => (after[figure] - before[figure]) / (perSecond * seconds);
    return { ...figures, cpu: each("cpu"), commands: each("commands") };
  };
  const besideOthers = (pace: Pace): (() => Promise<Figures>) => {
    const others = new Set(all.map(([, { load }]) => load.cluster));
    others.delete(pace.load.cluster);
    return [...others].reduce(
      (run, other) => () => other.rest(run),
      () => measure(pace),
    );
  };
  const contenders = Object.fromEntries(all.map(([name, pace]) => [name, besideOthers(pace)]));
  const samples = await inRounds(rounds, contenders as Record<Name, () => Promise<Figures>>);
  return {
    of(name, figure) {
      const { load, perSecond } = paces[name];
      const idle = figure === "cpu" || figure === "commands" ? load.cluster.idle(figure) / perSecond : 0;
      return samples.of(name, figure).map((seen) => seen - idle);
    },
    generator: samples.most("generator"),
  };
}
