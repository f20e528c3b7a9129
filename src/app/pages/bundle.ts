import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BunPlugin } from "bun";
import { inExecutable, root } from "../root.ts";

/** The client that the `socket.io` package brings along is of the server's own version, and there in production too. */
const socketIoClient: BunPlugin = {
  name: "socket.io-client",
  setup(build) {
    const path = join(dirname(Bun.resolveSync("socket.io/package.json", root)), "client-dist/socket.io.esm.min.js");
    build.onResolve({ filter: /^socket\.io-client$/ }, () => ({ path }));
  },
};

/** Where the executable keeps the script that was made of this TypeScript file. */
export function bundledName(entry: string): string {
  return entry.replace(/\.ts$/, ".js");
}

/** One script for browsers out of a TypeScript file and all it imports; the executable was given it when it was built. */
export async function bundle(entry: string): Promise<string> {
  if (inExecutable) return readFile(bundledName(entry), "utf8");
  const { outputs } = await Bun.build({
    entrypoints: [entry],
    target: "browser",
    format: "esm",
    minify: true,
    plugins: [socketIoClient],
  });
  return outputs[0]!.text();
}
