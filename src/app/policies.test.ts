import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageClasses } from "../core/limits/budget-table.ts";
import type { Face } from "../transport/face.ts";
import { createPeople } from "./accounts.ts";
import { assemble } from "./assemble.ts";
import { asyncApiGroup, describeSockets } from "./asyncapi.ts";
import { createClusterLink } from "./cluster.ts";
import { loadConfig } from "./config/load.ts";
import { embeddedEngine } from "./engine.ts";
import { createAccess } from "./gate.ts";
import { healthGroups } from "./health.ts";
import { createLimits } from "./limits.ts";
import { createLogger } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { describeApi, openApiGroup } from "./openapi.ts";
import { pages } from "./pages.ts";
import { entrances, type Entrance } from "../../test/support/entrances.ts";
import { keepRecords } from "./records.ts";

const folder = mkdtempSync(join(tmpdir(), "rendezvous-policies-"));
const turn = { TURN_URLS: "turn:turn.example.org", TURN_SECRET: "north" };
const { config } = await loadConfig({ env: {}, flags: { DATA_DIR: folder, FACES: "all", ...turn }, folder });
const engine = embeddedEngine();
const records = await keepRecords(config, engine.clock, createLogger("silent", "test"));
const cluster = createClusterLink(engine, "test", config.FACES, () => undefined);
const limits = createLimits(config, engine);
const people = await createPeople(config, engine, records, limits, () => undefined);
const access = await createAccess(config, engine, null);
const faces = await assemble(config, engine, records, { cluster, access, people }, limits, () => undefined);
const health = healthGroups({
  faces,
  metrics: createMetrics(faces, engine.clock, () => []),
  limits,
  clock: engine.clock,
  now: () => engine.timeOfDay.now(),
  instance: "test",
  isDraining: () => false,
  troubles: () => [],
});
const describeAll = describeApi([...faces.flatMap(({ http }) => http), ...health], config);
const sockets = describeSockets(faces, config);
const groups = [
  ...health,
  openApiGroup(describeAll, limits.look),
  asyncApiGroup(sockets, limits.look),
  ...pages(config, describeAll, sockets, limits.look),
];

afterAll(async () => {
  await records.close();
  engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const UNGATED = ["open", "account", "operator", "first message"];
const MESSAGES = ["connected", "introduction", "registered", "member", "partner"];

/** Those of which nobody has said who may use them. */
function silent(all: readonly Entrance[]): readonly string[] {
  const says = ({ policy }: Entrance): boolean =>
    typeof policy === "string"
      ? UNGATED.includes(policy) || MESSAGES.includes(policy)
      : Array.isArray(policy) && policy.length > 0 && policy.every((grant) => grant.scope !== undefined);
  return all.filter((one) => !says(one)).map(({ name }) => name);
}

/** Those of which nobody has said how often they may be used. */
function unlimited(all: readonly Entrance[]): readonly string[] {
  const says = ({ counts }: Entrance): boolean =>
    typeof counts === "string" ? Object.hasOwn(messageClasses, counts) : counts !== undefined;
  return all.filter((one) => !says(one)).map(({ name }) => name);
}

describe("every route, socket and event of the server", () => {
  const all = entrances(faces, groups, limits.connect);

  test("says who may use it", () => {
    expect(all.length).toBeGreaterThan(100);
    expect(silent(all)).toEqual([]);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  test("names the budgets it counts on", () => {
    expect(unlimited(all)).toEqual([]);
  });

  test("is seen here when it says nothing", () => {
    const [route] = faces[0]!.http[0]!.routes;
    const planted: Face = {
      name: "planted",
      http: [
        {
          ...faces[0]!.http[0]!,
          limit: undefined,
          routes: [
            { ...route!, limit: undefined, path: "/planted", policy: undefined as never },
            { ...route!, path: "/empty", limit: limits.read, policy: [] },
          ],
        },
      ],
      sockets: [
        {
          path: "/planted",
          policy: undefined as never,
          messages: { shout: { policy: undefined as never, counts: "shouting" } },
          maxMessageBytes: 1,
          accept: () => new Response(),
        },
      ],
      socketIo: {
        policy: undefined as never,
        events: { whisper: { policy: "" as never, counts: "", handle: () => undefined } },
        serve: () => undefined,
      },
    };
    expect(unlimited(entrances([planted], [], undefined))).toEqual([
      `${route!.method} /planted`,
      "WebSocket /planted",
      "WebSocket /planted shout",
      "Socket.IO",
      "Socket.IO whisper",
    ]);
    expect(silent(entrances([...faces, planted], groups, limits.connect))).toEqual([
      `${route!.method} /planted`,
      `${route!.method} /empty`,
      "WebSocket /planted",
      "WebSocket /planted shout",
      "Socket.IO",
      "Socket.IO whisper",
    ]);
  });

  test("and is open to everybody only where this list says so", () => {
    const open = all.filter(({ name, policy }) => policy === "open" && !isPage(name)).map(({ name }) => name);
    expect(open.toSorted()).toEqual([
      "GET /api/stats",
      "GET /asyncapi.json",
      "GET /health",
      "GET /livez",
      "GET /metrics",
      "GET /openapi.json",
      "GET /readyz",
      "POST /api/auth/login",
      "POST /api/auth/reset",
      "POST /api/auth/signup",
    ]);
  });

  function isPage(name: string): boolean {
    return groups.some((group) => group.name === "pages" && group.routes.some(({ path }) => name === `GET ${path}`));
  }
});
