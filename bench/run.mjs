// npm run bench: brings what it needs, as npm test does, and the peers, and runs bench/main.ts.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBun } from "../scripts/setup/bun.mjs";
import { ensureDependencies } from "../scripts/setup/dependencies.mjs";
import { ensurePrograms } from "../scripts/test/requirements.mjs";
import { programs } from "./programs.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await ensureDependencies(root, "all");
await ensureDependencies(join(root, "bench/peers"), "all");
await ensurePrograms(programs);
const args = ["--no-env-file", join(root, "bench/main.ts"), ...process.argv.slice(2)];
const child = spawn(findBun(root), args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
child.on("close", (code) => process.exit(code ?? 1));
