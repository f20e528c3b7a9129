#!/usr/bin/env bun
// Builds the single executable: npm run build:executable [-- --target linux-arm64] [--out FILE]
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { scripts } from "../../src/app/pages/assets.ts";
import { bundle, bundledName } from "../../src/app/pages/bundle.ts";
import { webFile } from "../../src/app/pages/page.ts";
import { runtimeFlags } from "../setup/runtime.mjs";
import { notices } from "./notices.ts";
import { runtimeFor } from "./runtime.ts";
import { find, machineOf, ownTarget, targets, type Target } from "./targets.ts";

const root = resolve(import.meta.dir, "../..");
const dist = join(root, "dist");

/**
 * As the launcher runs the server. The runtime keeps quiet of what packages do in `node_modules`, which there are none of
 * inside.
 */
const RUNTIME_FLAGS = [...runtimeFlags, "--no-deprecation"];

const { values } = parseArgs({ options: { target: { type: "string" }, out: { type: "string" } } });
const name = values.target ?? ownTarget();
const target = name === null ? null : find(name);
if (target === null) {
  console.error(`--target must be one of ${Object.keys(targets).join(", ")}`);
  process.exit(2);
}
const out = resolve(values.out ?? join(dist, `rendezvous-${target}`));
await build(target, out);
console.log(`${out}  ${(statSync(out).size / 1e6).toFixed(0)} MB, ${targets[target].machine}`);

async function build(target: Target, outfile: string): Promise<void> {
  const executablePath = await runtimeFor(target, root, join(dist, "runtimes"));
  const stage = mkdtempSync(join(tmpdir(), "rendezvous-build-"));
  try {
    mkdirSync(dirname(outfile), { recursive: true });
    const { success, logs } = await Bun.build({
      entrypoints: [join(root, "src/main.ts")],
      target: "bun",
      define: { IN_EXECUTABLE: "true" },
      // Names of functions and classes stay: they stand in logs.
      minify: { whitespace: true, syntax: true },
      // Compiled beforehand, it is ready in half the time. Only the machine it is built on is known to take it.
      bytecode: target === ownTarget(),
      format: "esm",
      // pg asks for it only where somebody wants the native driver.
      external: ["pg-native"],
      compile: {
        target: targets[target].compile,
        executablePath,
        outfile,
        assets: await files(stage),
        execArgv: RUNTIME_FLAGS,
        // Settings are read by the program itself; nothing in the folder where it is started may change the runtime.
        autoloadDotenv: false,
        autoloadBunfig: false,
      },
    });
    if (!success) throw new AggregateError(logs, "the build failed");
    const machine = machineOf(readFileSync(outfile).subarray(0, 64));
    if (machine !== targets[target].machine) throw new Error(`${outfile} is for ${machine}`);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/**
 * What the program reads while it runs, as folders to put inside: each TypeScript file of a page as one script; and the
 * notices of what is inside.
 */
async function files(stage: string): Promise<string[]> {
  const folders = ["web", "docs"].map((folder) => join(stage, folder));
  const isKept = (path: string): boolean => !path.endsWith(".ts");
  for (const folder of folders) cpSync(folder.replace(stage, root), folder, { recursive: true, filter: isKept });
  for (const entry of scripts.values()) {
    writeFileSync(join(stage, "web", bundledName(entry)), await bundle(webFile(entry)));
  }
  writeFileSync(join(stage, "docs/notices.md"), notices(root));
  return folders;
}
