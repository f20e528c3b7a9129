// Builds the client package into client/dist: a module a file with its types, and all in one minified file for pages.
// `npm pack` in client/ does it by itself.
import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBun } from "../setup/bun.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @param {string} client the package's folder, below that of the server
 */
export function build(client) {
  const dist = join(client, "dist");
  rmSync(dist, { recursive: true, force: true });
  const run = (program, ...args) =>
    execFileSync(program, args, { cwd: client, stdio: ["ignore", "inherit", "inherit"] });
  run(join(root, "node_modules/.bin/tsc"), "--project", join(client, "tsconfig.build.json"));
  for (const file of readdirSync(dist).filter((name) => name.endsWith(".d.ts"))) pointToTypes(join(dist, file));
  const min = join(dist, "rendezvous-client.min.js");
  run(findBun(root), "build", join(client, "src/index.ts"), "--minify", "--target=browser", `--outfile=${min}`);
  copyFileSync(join(root, "LICENSE"), join(client, "LICENSE"));
}

/** The compiler rewrites imports of modules, not those of types. */
function pointToTypes(file) {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replaceAll(/(from "\.\/[\w-]+)\.ts"/g, '$1.js"'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build(join(root, "client"));
