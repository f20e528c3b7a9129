import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asyncApiDocument } from "../transport/asyncapi/document.ts";
import { createPeople } from "./accounts.ts";
import { assemble } from "./assemble.ts";
import { documentedSockets } from "./asyncapi.ts";
import { createClusterLink } from "./cluster.ts";
import { loadConfig } from "./config/load.ts";
import { embeddedEngine } from "./engine.ts";
import { createAccess } from "./gate.ts";
import { createLimits } from "./limits.ts";
import { createLogger } from "./log.ts";
import { keepRecords } from "./records.ts";

const folder = mkdtempSync(join(tmpdir(), "rendezvous-asyncapi-"));
const { config } = await loadConfig({ env: {}, flags: { DATA_DIR: folder, FACES: "all" }, folder });
const engine = embeddedEngine();
const records = await keepRecords(config, engine.clock, createLogger("silent", "test"));
const cluster = createClusterLink(engine, "test", config.FACES, () => undefined);
const limits = createLimits(config, engine);
const people = await createPeople(config, engine, records, limits, () => undefined);
const access = await createAccess(config, engine, null);
const faces = await assemble(config, engine, records, { cluster, access, people }, limits, () => undefined);
const about = { title: "", version: "", description: "", license: { name: "MIT" }, publicUrl: null };

afterAll(async () => {
  await records.close();
  engine.close();
  rmSync(folder, { recursive: true, force: true });
});

test("every socket of every face is documented", () => {
  const silent = faces.flatMap(({ sockets = [] }) => sockets).filter(({ doc }) => doc === undefined);
  expect(silent.map(({ path }) => path)).toEqual([]);
  const mute = faces.filter(({ socketIo, socketIoDoc }) => (socketIo === undefined) !== (socketIoDoc === undefined));
  expect(mute.map(({ name }) => name)).toEqual([]);
});

test("the server's own address is what the operator says it is", () => {
  const server = (publicUrl: string | null) => asyncApiDocument([], { ...about, publicUrl }).servers["this"];
  expect(server(null)?.host).toBe("{host}");
  expect(server("https://play.example.org")).toMatchObject({ host: "play.example.org", protocol: "wss" });
});

test("a path's parameter without a word, and two channels of one name, are errors, not gaps", () => {
  const [first] = documentedSockets(faces);
  const silent = { path: "/ws/:nobody", doc: { ...first!.doc, id: "silent" } };
  expect(() => asyncApiDocument([silent], about)).toThrow("has no documentation");
  expect(() => asyncApiDocument([first!, first!], about)).toThrow("two channels");
});
