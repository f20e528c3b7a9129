import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openLine, type FaultLine } from "../scenarios/faults/line.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { befriend, change, device, mail, message, signUp, type Device, type User } from "./devices-client.ts";

/** How far PostgreSQL is away, in ms each way: what is asked of it after an answer is long in coming. */
const LATENCY_MS = 20;

let redis: RunningRedis;
let postgres: RunningPostgres;
let line: FaultLine;

beforeAll(async () => {
  [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  line = await openLine({ target: postgres.port });
}, 60_000);

afterAll(async () => {
  await line.stop();
  await Promise.all([redis.stop(), postgres.stop()]);
}, 30_000);

/** Who asks for the change, and where the devices of the two are, by node. */
const places = {
  "one node": { nodes: 1, asks: 0, ada: 0, bob: 0 },
  "two nodes, asked of that of who asks": { nodes: 2, asks: 1, ada: 0, bob: 1 },
  "two nodes, asked of the other's": { nodes: 2, asks: 0, ada: 0, bob: 1 },
  "two nodes, asked of the one where neither is": { nodes: 2, asks: 1, ada: 0, bob: 0 },
} as const;

for (const [where, place] of Object.entries(places)) {
  describe(`a change of contacts that was answered counts, on ${where}`, () => {
    let servers: RunningServer[];
    let asked: RunningServer;
    let [ada, bob]: User[] = [];
    let laptop: Device;
    let phone: Device;

    beforeAll(async () => {
      await line.heal();
      const url = new URL(await postgres.createDatabase());
      url.port = `${line.port}`;
      const settings = { FACES: "devices", DATABASE_URL: url.href };
      servers = [];
      for (let n = 0; n < place.nodes; n++) {
        servers.push(await startServer(place.nodes === 1 ? settings : { ...settings, REDIS_URL: redis.url }));
      }
      asked = servers[place.asks]!;
      [ada, bob] = [await signUp(asked, "ada"), await signUp(asked, "bob")];
      laptop = await device(servers[place.ada]!, ada, "laptop");
      phone = await device(servers[place.bob]!, bob, "phone");
      await line.set({ latencyMs: LATENCY_MS });
    }, 60_000);

    afterAll(async () => {
      await line.heal();
      await Promise.all([laptop.close(), phone.close()]);
      await Promise.all(servers.map((server) => server.stop()));
    }, 30_000);

    /** Asks who is there, and says so among the names of the next so many events, sorted. */
    const heard = async (client: Device, events: number): Promise<string[]> => {
      client.send(message({ event: "check" }));
      const names: string[] = [];
      while (names.length < events) {
        const one = await client.event();
        names.push(Array.isArray(one) ? `online: ${one.map(({ email }) => email).join(" ")}` : one["event"]);
      }
      return names.toSorted();
    };

    for (const end of ["remove", "block"]) {
      test(`accept, and ${end}, again and again`, async () => {
        for (let run = 0; run < 2; run++) {
          await befriend(asked, ada!, bob!);
          laptop.send(mail(laptop, phone));
          expect(await heard(laptop, 1)).toEqual([`online: ${bob!.email}`]);
          expect(await heard(phone, 2)).toEqual([`online: ${ada!.email}`, "try_connect"]);

          await change(asked, bob!, ada!, end);
          laptop.send(mail(laptop, phone));
          phone.send(mail(phone, laptop));
          for (const one of [laptop, phone]) expect(await heard(one, 2)).toEqual(["online: ", "target_not_found"]);
          expect([await laptop.before(), await phone.before()]).toEqual([[], []]);
          if (end === "block") await change(asked, bob!, ada!, "unblock");
        }
      }, 60_000);
    }
  });
}
