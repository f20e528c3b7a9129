import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPeople } from "./accounts.ts";
import { assemble } from "./assemble.ts";
import { createClusterLink } from "./cluster.ts";
import { loadConfig } from "./config/load.ts";
import { embeddedEngine } from "./engine.ts";
import { faceNames } from "./face-names.ts";
import { createAccess } from "./gate.ts";
import { createLogger } from "./log.ts";
import { createLimits } from "./limits.ts";
import { describeApi } from "./openapi.ts";
import { keepRecords } from "./records.ts";

const folder = mkdtempSync(join(tmpdir(), "rendezvous-openapi-"));
const { config } = await loadConfig({ env: {}, flags: { DATA_DIR: folder, FACES: "all" }, folder });
const log = createLogger("silent", "test");
const engine = embeddedEngine();
const records = await keepRecords(config, engine.clock, log);
const cluster = createClusterLink(engine, "test", config.FACES, () => undefined);
const limits = createLimits(config, engine);
const people = await createPeople(config, engine, records, limits, () => undefined);
const access = await createAccess(config, engine, null);
const faces = await assemble(config, engine, records, { cluster, access, people }, limits, () => undefined);
const groups = faces.flatMap((face) => face.http);

afterAll(async () => {
  await records.close();
  engine.close();
  rmSync(folder, { recursive: true, force: true });
});

test("every route of every face is documented", async () => {
  expect(config.FACES).toEqual(faceNames);
  expect(groups.filter(({ doc }) => doc === undefined).map(({ name }) => name)).toEqual([]);
  const { paths } = await describeApi(groups, config)();
  const described = Object.values(paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0);
  expect(described).toBe(groups.flatMap(({ routes }) => routes).length);
});

test("a route that says nothing of itself is an error, not a gap", async () => {
  const [first, ...others] = groups;
  const silent = { ...first!, routes: first!.routes.map(({ doc: _, ...route }) => route) };
  expect(describeApi([silent, ...others], config)()).rejects.toThrow("has no documentation");
});

test("the server's own address is what the operator says it is", async () => {
  const url = async (more: object) => (await describeApi(groups, { ...config, ...more })()).servers[0]?.url;
  expect(await url({})).toBe("/");
  expect(await url({ PUBLIC_URL: "https://play.example.org" })).toBe("https://play.example.org");
});
