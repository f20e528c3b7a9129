import { startClients, type ClientScript, type Clients } from "../load/clients.ts";
import type { Contender } from "./contender.ts";
import { cpuSeconds, residentBytes } from "./processes.ts";

/** A server to connect to, and where. */
export interface Connectable {
  start(): Promise<Contender>;
  /** Where its WebSockets are, below the server's own address. */
  readonly path: string;
  /** The clients that are counted. */
  readonly many: readonly ClientScript[];
}

/** What each connection took, one sample a round. */
export interface ConnectionCosts {
  /** Of processor time, in µs. */
  readonly micros: readonly number[];
  /** Of memory that is resident, in bytes. */
  readonly bytes: readonly number[];
}

/** When a process that has nothing to do has collected its garbage and given memory back, in ms. */
const SETTLE_MS = 20_000;

interface Round<Who> {
  readonly who: Who;
  readonly many: readonly ClientScript[];
  readonly server: Contender;
  readonly clients: Clients;
  readonly url: string;
}

/**
 * What connections cost. Each round has servers of its own, since memory that was used once may be used again; those of
 * all rounds are there at the same time, so that they settle together, and are connected to one after another.
 *
 * @param before clients that are there before anything is counted, so that nothing happens for the first time
 */
export async function connectionCosts<Who extends string>(
  contenders: Readonly<Record<Who, Connectable>>,
  { rounds, before }: { rounds: number; before: readonly ClientScript[] },
): Promise<Readonly<Record<Who, ConnectionCosts>>> {
  const names = Object.keys(contenders) as Who[];
  const all: Round<Who>[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      for (const who of names) {
        const { start, path, many } = contenders[who];
        const server = await start();
        const url = server.url.replace(/^http/, "ws") + path;
        const one = { who, many, server, clients: startClients(), url };
        all.push(one);
        await one.clients.open(url, before);
      }
    }
    await Bun.sleep(SETTLE_MS);
    const empty = all.map(({ server }) => residentBytes(server.pid));
    const micros: number[] = [];
    for (const { many, server, clients, url } of all) {
      const used = cpuSeconds(server.pid);
      await clients.open(url, many);
      micros.push(((cpuSeconds(server.pid) - used) * 1e6) / many.length);
    }
    await Bun.sleep(SETTLE_MS);
    const bytes = all.map(({ many, server }, at) => (residentBytes(server.pid) - empty[at]!) / many.length);
    const of = (samples: readonly number[], who: Who): number[] => samples.filter((_, at) => all[at]!.who === who);
    return Object.fromEntries(
      names.map((who) => [who, { micros: of(micros, who), bytes: of(bytes, who) }]),
    ) as unknown as Record<Who, ConnectionCosts>;
  } finally {
    await Promise.all(all.flatMap(({ server, clients }) => [server.stop("SIGKILL"), clients.stop()]));
  }
}
