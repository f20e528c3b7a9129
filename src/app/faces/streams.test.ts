import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAccess } from "../../core/access/access.ts";
import { openEntitlements } from "../../core/credentials/entitlements.ts";
import { createClusterLink } from "../cluster.ts";
import { loadConfig } from "../config/load.ts";
import { embeddedEngine } from "../engine.ts";
import { createLimits } from "../limits.ts";
import { createLogger } from "../log.ts";
import { keepRecords } from "../records.ts";
import { createStreams } from "./streams.ts";

const DAY_MS = 24 * 3_600_000;

test("a replay is as old as the time in the records says, whatever the machine takes for the time", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-streams-"));
  const { config } = await loadConfig({ env: {}, flags: { DATA_DIR: folder, FACES: "arena" }, folder });
  const engine = embeddedEngine();
  const kept = await keepRecords(config, engine.clock, createLogger("silent", "test"));
  await kept.ready();
  // The machine is ahead by longer than replays are kept.
  const records = { ...kept, clock: { ...kept.clock, now: () => kept.clock.now() - 2 * 7 * DAY_MS } };
  const { replays } = createStreams(
    {
      ...{
        config,
        engine,
        records,
        entitlements: openEntitlements,
        company: null,
        opponents: null,
        failed: () => () => undefined,
      },
      access: openAccess(null as never),
      limits: createLimits(config, engine),
      cluster: createClusterLink(engine, "test", config.FACES, () => undefined),
    },
    {} as never,
  );
  const piece = { recorder: "r", number: 1, content: new Uint8Array(1) };
  await kept.replays.add("m", piece, { games: 1, isComplete: true, at: records.clock.now() });
  expect(await replays.sweep()).toBe(0);
  await kept.close();
  engine.close();
  rmSync(folder, { recursive: true, force: true });
});
