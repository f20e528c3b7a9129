import { fileURLToPath } from "node:url";
import type { BunPlugin } from "bun";

/** The client that the `socket.io` package brings along is of the server's own version, and there in production too. */
const socketIoClient: BunPlugin = {
  name: "socket.io-client",
  setup(build) {
    const path = new URL("client-dist/socket.io.esm.min.js", import.meta.resolve("socket.io/package.json"));
    build.onResolve({ filter: /^socket\.io-client$/ }, () => ({ path: fileURLToPath(path) }));
  },
};

/** One script for browsers out of a TypeScript file and all it imports. */
export async function bundle(entry: string): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [entry],
    target: "browser",
    format: "esm",
    minify: true,
    plugins: [socketIoClient],
  });
  return outputs[0]!.text();
}
