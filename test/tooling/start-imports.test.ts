import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../..");

/** What only some settings ask for: the others pay neither time nor memory for it. */
const ON_DEMAND = [
  "ioredis",
  "pg",
  "jose",
  "viem",
  "@opentelemetry/api",
  "kysely",
  "socket.io",
  "@socket.io/bun-engine",
];
/** Faces that are there whatever FACES names. */
const ALWAYS = ["ice-servers", "operator", "tickets"];

test("a start loads nothing that its settings do not ask for", async () => {
  const outdir = mkdtempSync(join(tmpdir(), "rendezvous-imports-"));
  try {
    const { metafile } = await Bun.build({
      entrypoints: [join(root, "src/main.ts")],
      target: "bun",
      external: ["pg-native"],
      splitting: true,
      metafile: true,
      outdir,
    });
    const { inputs } = metafile!;
    const loaded = new Set<string>();
    const load = (path: string): void => {
      if (loaded.has(path) || inputs[path] === undefined) return;
      loaded.add(path);
      for (const { path: next, kind } of inputs[path].imports) if (kind !== "dynamic-import") load(next);
    };
    for (const path of Object.keys(inputs)) if (/(^|\/)src\/(main|app\/serve)\.ts$/.test(path)) load(path);
    expect(loaded.size).toBeGreaterThan(200);
    const packages = new Set([...loaded].map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]));
    expect(ON_DEMAND.filter((name) => packages.has(name))).toEqual([]);
    const faces = [...loaded].flatMap((path) => /(?:^|\/)src\/faces\/([^/]+)\/face\.ts$/.exec(path)?.[1] ?? []);
    expect(faces.toSorted()).toEqual(ALWAYS);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
});
