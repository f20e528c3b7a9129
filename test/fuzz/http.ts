import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import type { OpenApiDocument } from "../../src/transport/openapi/types.ts";
import { damaged, damages, type Damage } from "./bytes.ts";
import type { Campaign } from "./campaign.ts";
import type { Trouble } from "./trouble.ts";
import { HttpLine, type Answer } from "./http-line.ts";
import { fill, plansOf, type Filled, type Plan } from "./http-requests.ts";
import { verdictBy } from "./http-verdict.ts";
import { Knowledge } from "./knowledge.ts";
import { writeRaw } from "./raw-line.ts";

/** Connections that requests go over at the same time. */
const LINES = 32;

/** A request, and perhaps what is done to its bytes. */
interface Shot {
  readonly plan: Plan;
  readonly damage: readonly Damage[] | null;
}

/** Requests made from the server's own OpenAPI document. */
export function httpCampaign(document: OpenApiDocument): Campaign<Shot> {
  const plan = plansOf(document);
  const verdict = verdictBy(document);
  const damage = fc.oneof({ weight: 20, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: damages });
  return {
    name: "http",
    unit: "requests",
    shot: fc.record({ plan, damage }),
    most: 800,
    open({ port }) {
      const knowledge = new Knowledge();
      const lastOn = new Map<HttpLine, readonly Filled[]>();
      const surprises: Trouble[] = [];
      const lines = Array.from({ length: LINES }, () => {
        const line: HttpLine = new HttpLine(port, (came) => {
          const asked = (lastOn.get(line) ?? []).map(({ wire }) => wire.toString("latin1").slice(0, 3_000));
          surprises.push({
            kind: "more than an answer",
            what: `${came}\n--- came after\n${asked.join("\n--- then\n")}`,
          });
        });
        return line;
      });
      let last: Filled | null = null;
      const tally = new Map<string, number>();

      const fire = async (line: HttpLine, { plan, damage }: Shot): Promise<Trouble | null> => {
        const request = fill(plan, knowledge);
        const other = last?.wire ?? request.wire;
        last = request;
        if (damage !== null) return fireDamaged(damaged(request.wire, other, damage), plan.id);
        const blame = (what: string): Trouble => ({
          kind: `${plan.method} ${plan.id}: ${what.slice(0, 120)}`,
          what: `${what}\n${request.wire.toString("latin1").slice(0, 3_000)}`,
        });
        try {
          lastOn.set(line, [...(lastOn.get(line) ?? []), request].slice(-3));
          const answer = await line.send(request.wire, plan.method === "HEAD");
          if (answer === null) {
            count("closed");
            return plan.headers.length === 0 ? blame("the connection was closed without an answer") : null;
          }
          count(`${answer.status}`);
          const body = bodyOf(answer.headers, plain(answer));
          if (answer.status < 300) learn(request, body);
          const wrong = verdict(request, answer, body);
          return wrong === null ? null : blame(`${wrong} ${answer.body.toString("utf8", 0, 400)}`);
        } catch (error) {
          line.close();
          return blame((error as Error).message);
        }
      };

      const fireDamaged = async (bytes: Buffer, id: string): Promise<Trouble | null> => {
        const blame = (what: string) => ({
          kind: `bytes: ${what}`,
          what: `${what} (${id})\n${bytes.toString("latin1")}`,
        });
        try {
          const statuses = await writeRaw(port, bytes);
          count("damaged");
          const bad = statuses.find((status) => status >= 500 && status !== 503 && status !== 505);
          return bad === undefined ? null : blame(`${bad}`);
        } catch (error) {
          return blame((error as Error).message);
        }
      };

      const count = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1);
      const learn = ({ plan, about }: Filled, body: unknown): void => {
        const told: Record<string, unknown> = { ...sentIn(plan.body), ...flat(body) };
        knowledge.learn(told, about);
      };

      return {
        tally,
        async run(shots) {
          const troubles: Trouble[] = [];
          let next = 0;
          const work = async (line: HttpLine): Promise<void> => {
            for (let shot = shots[next++]; shot !== undefined; shot = shots[next++]) {
              const trouble = await fire(line, shot);
              if (trouble !== null) troubles.push(trouble);
            }
          };
          await Promise.all(lines.map(work));
          return [...troubles, ...surprises.splice(0)];
        },
        close: async () => lines.forEach((line) => line.close()),
      };
    },
  };
}

function plain({ headers, body }: Answer): Buffer {
  return headers.get("content-encoding") === "gzip" && body.length > 0 ? gunzipSync(body) : body;
}

function bodyOf(headers: ReadonlyMap<string, string>, body: Buffer): unknown {
  if (headers.get("content-type") !== "application/json") return body.toString();
  try {
    return JSON.parse(body.toString());
  } catch {
    return "(no JSON)";
  }
}

function sentIn(body: string | null): object {
  try {
    const sent = JSON.parse(body ?? "{}") as Record<string, unknown>;
    // What is still a reference stands in `about` already.
    return Object.fromEntries(Object.entries(sent).filter(([, value]) => !`${value}`.includes("\uE000")));
  } catch {
    return {};
  }
}

/** The members of an answer, those of the first entry of a list among them. */
function flat(body: unknown): object {
  if (typeof body !== "object" || body === null) return {};
  if (Array.isArray(body)) return flat(body[0]);
  return body;
}
