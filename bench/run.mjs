// npm run bench: brings what it needs, as npm test does, and the peers, and runs bench/main.ts.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBun } from "../scripts/setup/bun.mjs";
import { ensureDependencies } from "../scripts/setup/dependencies.mjs";
import { prepare } from "../scripts/setup/prepare.mjs";
import { ensurePrograms } from "../scripts/test/requirements.mjs";
import { programs, smokePrograms } from "./programs.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Nothing is installed to say how it is called.
const isHelp = process.argv.includes("--help") || process.argv.includes("-h");
const isSmoke = process.argv.includes("--smoke");
await ensureDependencies(root, "all");
if (!isHelp) {
  // The servers that are measured are what a user's start runs.
  await prepare(root);
  await ensureDependencies(join(root, "bench/peers"), "all");
  await ensurePrograms(isSmoke ? smokePrograms : programs);
}
const args = ["--no-env-file", join(root, "bench/main.ts"), ...process.argv.slice(2)];
const child = spawn(findBun(root), args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
child.on("close", (code) => process.exit(code ?? 1));
