import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { startProgram } from "../support/program.ts";

const TIMEOUT_MS = 120_000;
const PATIENCE_MS = 60_000;

test(
  "a demo shows a server with life on it, and leaves nothing behind",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "rendezvous-demo-test-"));
    const demo = startProgram(["demo", "--port", "0", "--rate", "20"], { TMPDIR: folder });
    try {
      const url = await eventually(
        "the demo says where it is",
        () => /The dashboard is at (http:\/\/127\.0\.0\.1:\d+)\//.exec(demo.output())?.[1],
        PATIENCE_MS,
      );
      expect((await fetch(`${url}/`)).status).toBe(200);
      const found = /^rendezvous_finds_total\{outcome="found"\} [1-9]/m;
      await eventually("life", async () => found.test(await (await fetch(`${url}/metrics`)).text()), PATIENCE_MS);
      demo.interrupt();
      const { code, stdout } = await demo.ended;
      expect([code, stdout]).toEqual([0, expect.stringContaining("All of it is taken away.")]);
      expect(await fetch(url).catch(() => "gone")).toBe("gone");
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      demo.interrupt();
      await demo.ended;
      rmSync(folder, { recursive: true, force: true });
    }
  },
  TIMEOUT_MS,
);
