#!/usr/bin/env bun
// Builds the prepared program into a folder, and writes down what it is made of: scripts/setup/prepare.mjs calls this.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../..");
const folder = process.argv[2]!;

const { success, logs, metafile } = await Bun.build({
  entrypoints: [join(root, "src/main.ts")],
  outdir: folder,
  naming: "main.js",
  target: "bun",
  // pg asks for it only where somebody wants the native driver.
  external: ["pg-native"],
  // Outside an executable the runtime takes bytecode with no other format; and modules are strict.
  format: "cjs",
  banner: '"use strict";',
  bytecode: true,
  // These passes take as long as all the rest, and a start gains nothing from them.
  optimize: { bytecode: false },
  // As the sources see it: when they run.
  define: { "process.env.NODE_ENV": "process.env.NODE_ENV" },
  metafile: true,
});
if (!success || metafile === undefined) throw new AggregateError(logs, "the build failed");
// Whoever starts it has given this folder as the current one, from which these paths go.
writeFileSync(join(folder, "inputs.json"), JSON.stringify(Object.keys(metafile.inputs)));
