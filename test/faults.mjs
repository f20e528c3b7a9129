// npm run test:faults: brings what it needs, as npm test does, and runs test/faults.ts.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBun } from "../scripts/setup/bun.mjs";
import { ensureDependencies } from "../scripts/setup/dependencies.mjs";
import { prepare } from "../scripts/setup/prepare.mjs";
import { ensurePrograms } from "../scripts/test/requirements.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await ensureDependencies(root, "all");
await prepare(root);
await ensurePrograms(["redis-server", "postgres", "faketime"]);
const args = ["--no-env-file", join(root, "test/faults.ts"), ...process.argv.slice(2)];
const child = spawn(findBun(root), args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
child.on("close", (code) => process.exit(code ?? 1));
