import fc from "fast-check";
import type { AsyncApiDocument } from "../../src/transport/asyncapi/types.ts";
import { damaged, damages } from "./bytes.ts";
import type { Campaign } from "./campaign.ts";
import { HttpLine } from "./http-line.ts";
import { Knowledge } from "./knowledge.ts";
import { packetsOf } from "./socket-plans.ts";
import type { Trouble } from "./trouble.ts";

/** Clients that poll at the same time. */
const CLIENTS = 12;

/** What Engine.IO puts between the packets of one body. */
const BETWEEN = "\x1e";

/** A refusal for certain, so that there is something to poll for. */
const ANSWERED = '42["join",null]';

/** Socket.IO by polling: bodies of packets, good and damaged, for sessions that are and that are not. */
export function pollingCampaign(document: AsyncApiDocument) {
  const packets = fc.array(packetsOf(document), { minLength: 1, maxLength: 4 });
  const shot = fc.record({
    who: fc.nat(CLIENTS - 1),
    packets,
    damage: fc.option(damages, { freq: 12, nil: null }).map((list) => list),
    isStranger: fc.integer({ min: 0, max: 30 }).map((at) => at === 0),
    polls: fc.boolean(),
  });
  type Shot = typeof shot extends fc.Arbitrary<infer One> ? One : never;
  const campaign: Campaign<Shot> = {
    name: "polling",
    unit: "messages",
    shot,
    most: 400,
    open({ port }) {
      const knowledge = new Knowledge();
      const tally = new Map<string, number>();
      const clients = Array.from({ length: CLIENTS }, () => ({ line: new HttpLine(port, () => undefined), sid: "" }));
      type Client = (typeof clients)[number];

      const ask = async ({ line }: Client, method: string, query: string, body: Uint8Array | null = null) => {
        const head = [`${method} /socket.io/?EIO=4&transport=polling${query} HTTP/1.1`, "Host: 127.0.0.1"];
        if (body !== null) head.push("Content-Type: text/plain;charset=UTF-8", `Content-Length: ${body.length}`);
        const wire = Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body ?? Buffer.alloc(0)]);
        const answer = await line.send(wire, false);
        tally.set(`${answer?.status}`, (tally.get(`${answer?.status}`) ?? 0) + 1);
        if (answer !== null && answer.status >= 500) throw new Error(`${answer.status} ${answer.body.toString()}`);
        return answer;
      };
      const arrive = async (client: Client): Promise<void> => {
        const answer = await ask(client, "GET", "");
        client.sid = /"sid":"([^"]+)"/.exec(answer?.body.toString() ?? "")?.[1] ?? "";
        await ask(client, "POST", `&sid=${client.sid}`, Buffer.from("40"));
      };
      const fire = async (client: Client, { packets, damage, isStranger, polls }: Shot): Promise<void> => {
        if (client.sid === "") await arrive(client);
        const texts = packets.map((text) => knowledge.fill(text, {}, 0, (value) => value));
        const good = Buffer.from([...texts, ANSWERED].join(BETWEEN));
        const body = damage === null ? good : damaged(good, good, damage);
        const answer = await ask(client, "POST", `&sid=${isStranger ? "nobody" : client.sid}`, body);
        if (isStranger) return;
        // Whoever said something impossible has lost its session.
        if (answer?.status !== 200) client.sid = "";
        else if (polls && damage === null && (await ask(client, "GET", `&sid=${client.sid}`))?.status !== 200)
          client.sid = "";
      };
      return {
        tally,
        async run(shots) {
          const troubles: Trouble[] = [];
          const own = Map.groupBy(shots, ({ who }) => who);
          await Promise.all(
            [...own].map(async ([who, all]) => {
              for (const shot of all) {
                await fire(clients[who]!, shot).catch((error: Error) => {
                  clients[who]!.line.close();
                  clients[who]!.sid = "";
                  troubles.push({ kind: `polling: ${error.message.slice(0, 100)}`, what: JSON.stringify(shot) });
                });
              }
            }),
          );
          return troubles;
        },
        close: async () => clients.forEach(({ line }) => line.close()),
      };
    },
  };
  return campaign;
}
