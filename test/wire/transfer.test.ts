import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rendezvous } from "../support/cli.ts";
import { coordinatorClient } from "../support/coordinator-client.ts";
import { anEmail, PASSWORD, stranger } from "../support/devices-client.ts";
import { startPostgres, type RunningPostgres } from "../support/postgres.ts";
import { startServer } from "../support/server.ts";

let postgres: RunningPostgres;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), "rendezvous-transfer-"));
});
afterAll(async () => {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a node with SQLite moves to PostgreSQL with its people, hosts and sessions", async () => {
  const file = join(folder, "records.ndjson");
  const old = { DATA_DIR: join(folder, "old") };
  const before = await startServer(old);
  const email = anEmail();
  await stranger(() => before.url).post("/auth/signup", { email, password: PASSWORD });
  const session = await coordinatorClient(() => `${before.url}/api/v1`).session();
  // Beside the server that runs.
  const wrote = await rendezvous(["export", file, "--json"], old);
  expect([wrote.code, wrote.stderr]).toEqual([0, ""]);
  expect(JSON.parse(wrote.stdout)).toMatchObject({ ok: true, file, rows: { hosts: 1, sessions: 1, accounts: 1 } });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await before.stop();

  const fresh = { DATABASE_URL: await postgres.createDatabase() };
  const read = await rendezvous(["import", file], fresh);
  expect([read.code, read.stderr]).toEqual([0, ""]);
  expect(read.stdout).toMatch(/^Imported \d+ rows: hosts 1, zones 1, sessions 1, .*accounts 1/);
  const after = await startServer(fresh);
  const login = await stranger(() => after.url).post("/auth/login", { email, password: PASSWORD });
  expect(login.status).toBe(200);
  const found = await coordinatorClient(() => `${after.url}/api/v1`).get(
    `/sessions/${session.id ?? session.session_id}`,
  );
  expect(found.status).toBe(200);
  await after.stop();
});

test("what cannot be done ends with 1, a sentence, and nothing half done", async () => {
  const [file, empty] = [join(folder, "there.ndjson"), { DATA_DIR: join(folder, "none") }];
  writeFileSync(file, "mine\n");
  for (const [args, settings, says] of [
    [["export", join(folder, "x")], empty, /There are no records in DATA_DIR/],
    [["import", join(folder, "nowhere")], empty, /cannot be read \(ENOENT\)\. Nothing was imported/],
    [["import", file], empty, /Line 1 is no JSON\. Nothing was imported/],
    [["export", file], empty, /is there already/],
    [["export", join(folder, "no", "such", "x")], empty, /cannot be written \(ENOENT\)/],
  ] as const) {
    const { code, stdout, stderr } = await rendezvous(args, settings);
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringMatching(says)]);
  }
  expect(readFileSync(file, "utf8")).toBe("mine\n");
  const asJson = await rendezvous(["import", file, "--json"], empty);
  expect([asJson.code, asJson.stderr]).toEqual([1, ""]);
  expect(JSON.parse(asJson.stdout)).toEqual({ ok: false, problems: [expect.stringContaining("no JSON")] });
});
