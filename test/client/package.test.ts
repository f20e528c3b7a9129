import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import manifest from "../../client/package.json" with { type: "json" };
import server from "../../package.json" with { type: "json" };
import {
  addPackage,
  clientExamples,
  exampleFor,
  installClient,
  type ClientProject,
} from "../support/client-package.ts";
import { startServer, type RunningServer } from "../support/server.ts";

const root = resolve(import.meta.dir, "../..");
const MOST_BYTES = 10_240;
const TIMEOUT_MS = 120_000;

/** How each is called. Deno comes where npm has it for the platform (test/deno), and may do nothing but what it is let. */
const runtimes: Readonly<Record<string, readonly string[]>> = {
  node: ["node"],
  bun: [process.execPath],
  deno: [
    join(root, "node_modules/@deno/linux-x64-glibc/deno"),
    ...["run", "--no-remote", "--no-prompt", "--allow-net", "--allow-read", "--allow-env", "--allow-sys"],
  ],
};

const examples = clientExamples();
let project: ClientProject;
let running: RunningServer;

beforeAll(async () => {
  [project, running] = await Promise.all([installClient(), startServer()]);
}, TIMEOUT_MS);

afterAll(async () => {
  await running?.stop();
  project?.remove();
}, TIMEOUT_MS);

/** Writes the examples into the project, with a module that runs one after the other. */
function writeExamples(): string {
  const folder = join(project.folder, "examples");
  mkdirSync(folder, { recursive: true });
  for (const example of examples) writeFileSync(join(folder, `${example.name}.ts`), exampleFor(example, running.url));
  return folder;
}

describe("the packed client, in an empty project", () => {
  test("brings nothing along but itself, in the server's version", () => {
    const installed = JSON.parse(readFileSync(join(project.folder, "package-lock.json"), "utf8"));
    expect(Object.keys(installed.packages)).toEqual(["", "node_modules/rendezvous-client"]);
    expect(manifest.version).toBe(server.version);
    expect(Object.keys(manifest)).not.toContain("dependencies");
    const folder = join(project.folder, "node_modules/rendezvous-client");
    for (const file of ["README.md", "LICENSE", "dist/index.js", "dist/index.d.ts", "src/index.ts"]) {
      expect({ file, exists: existsSync(join(folder, file)) }).toEqual({ file, exists: true });
    }
  });

  test(`weighs at most ${MOST_BYTES} bytes: all classes but the video chat, minified and gzipped`, () => {
    const file = join(project.folder, "node_modules/rendezvous-client/dist/rendezvous-client.min.js");
    expect(gzipSync(readFileSync(file)).length).toBeLessThanOrEqual(MOST_BYTES);
  });

  test(
    "loads without socket.io-client, and says what is missing where that is needed",
    async () => {
      const load = (name: string) => project.run(["node", "-e", `import(${JSON.stringify(name)})`]);
      expect(await load("rendezvous-client")).toEqual({ code: 0, output: "" });
      expect(await load("rendezvous-client/min")).toEqual({ code: 0, output: "" });
      expect((await load("rendezvous-client/video-chat")).output).toContain("socket.io-client");
    },
    TIMEOUT_MS,
  );

  test(
    "has types that hold in the strictest project, whose every example compiles",
    async () => {
      addPackage(project, "socket.io-client");
      writeExamples();
      const options = {
        compilerOptions: {
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          noEmit: true,
          module: "nodenext",
          target: "es2022",
          lib: ["es2023", "dom", "dom.iterable"],
          types: [],
        },
        include: ["examples"],
      };
      writeFileSync(join(project.folder, "tsconfig.json"), JSON.stringify(options));
      expect(await project.run([join(root, "node_modules/.bin/tsc")])).toEqual({ code: 0, output: "" });
    },
    TIMEOUT_MS,
  );

  // Node takes types out by itself only in newer versions, so that Bun does it for all.
  for (const [runtime, command] of Object.entries(runtimes)) {
    // Where everything is expected to be there, a runtime that is not has failed.
    const isThere = !command[0]!.includes("/") || existsSync(command[0]!) || process.env["CI"] === "true";
    test.skipIf(!isThere)(
      `runs every example that needs no WebRTC, on ${runtime}, and leaves nothing open`,
      async () => {
        addPackage(project, "socket.io-client");
        addPackage(project, "ws");
        const folder = writeExamples();
        const transpiler = new Bun.Transpiler({ loader: "ts", target: "node" });
        const names = examples.filter(({ needsPage }) => !needsPage).map(({ name }) => name);
        for (const name of names) {
          const code = transpiler.transformSync(readFileSync(join(folder, `${name}.ts`), "utf8"));
          writeFileSync(join(folder, `${name}.mjs`), code);
        }
        const steps = names.map((name) => `await import("./examples/${name}.mjs"); console.log("ran ${name}");`);
        // As the README says for Node before version 22.
        const ground = `globalThis.WebSocket ??= (await import("ws")).WebSocket;`;
        writeFileSync(join(project.folder, "all.mjs"), [ground, ...steps].join("\n"));
        const { code, output } = await project.run([...command, "all.mjs"], {
          DENO_DIR: join(project.folder, "deno"),
          DENO_NO_UPDATE_CHECK: "1",
        });
        const ran = [...output.matchAll(/^ran (.*)$/gm)].map(([, name]) => name);
        expect({ code, ran, output: code === 0 ? "" : output }).toEqual({ code: 0, ran: names, output: "" });
      },
      TIMEOUT_MS,
    );
  }
});
