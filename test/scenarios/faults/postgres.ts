import pg from "pg";
import type { RunningPostgres } from "../../support/postgres.ts";
import type { Fault } from "./fault.ts";
import type { FaultLine } from "./line.ts";
import { lineFault, linesTo, resets } from "./lines.ts";

/** Longer than a statement may take. */
const LONG_MS = 16_000;

export const postgresFaults: readonly Fault<FaultLine>[] = [
  {
    name: "kill -9 of PostgreSQL, all its processes",
    engine: "cluster",
    strike: ({ postgres }) => postgres!.kill("SIGKILL"),
    heal: ({ postgres }) => postgres!.restart(),
  },
  lineFault(
    "postgres",
    "PostgreSQL refuses connections",
    { refuse: true },
    {
      async strike(world) {
        await Promise.all(linesTo("postgres", world).map((line) => line.cut()));
      },
    },
  ),
  lineFault("postgres", "PostgreSQL 300 ms away", { latencyMs: 150 }),
  lineFault("postgres", "PostgreSQL falls silent", { swallow: "both" }, { lastsMs: LONG_MS }),
  lineFault("postgres", "PostgreSQL held up", { hold: "both" }, { lastsMs: LONG_MS }),
  lineFault("postgres", "PostgreSQL in pieces of 1 to 7 bytes", { slice: 7 }),
  resets("postgres", "connections to PostgreSQL reset over and over"),
  full(),
  locked(),
];

/** Others have taken all the connections it gives. */
function full(): Fault<FaultLine> {
  let taken: pg.Client[] = [];
  return {
    name: "PostgreSQL has no connection left",
    engine: "cluster",
    async strike(world) {
      const take = async (): Promise<boolean> => {
        const client = new pg.Client({ connectionString: world.postgres!.url });
        client.on("error", () => undefined);
        const isTaken = await client.connect().then(
          () => true,
          () => false,
        );
        if (isTaken) taken.push(client);
        return isTaken;
      };
      // Those that the nodes let go are taken as well.
      while (await take());
      linesTo("postgres", world).forEach((line) => line.reset());
      while (await take());
    },
    async heal() {
      await Promise.all(taken.map((client) => client.end()));
      taken = [];
    },
  };
}

/** Another session holds the tables, for longer than a statement may wait. */
function locked(): Fault<FaultLine> {
  let holder: pg.Client | undefined;
  return {
    name: "PostgreSQL's tables locked by another session",
    engine: "cluster",
    lastsMs: LONG_MS,
    async strike({ postgres }) {
      holder = await connected(postgres!);
      await holder.query("BEGIN; LOCK TABLE hosts, matches, accounts IN ACCESS EXCLUSIVE MODE");
    },
    async heal() {
      await holder?.query("ROLLBACK");
      await holder?.end();
    },
  };
}

async function connected({ url }: RunningPostgres): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}
