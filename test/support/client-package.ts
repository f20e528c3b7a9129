import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../..");
const sources = join(root, "client/src");

/** No word to a registry. */
const quietNpm = { npm_config_offline: "true", npm_config_update_notifier: "false", npm_config_loglevel: "error" };

/** Where the examples think the server is. */
const EXAMPLE_URL = "http://127.0.0.1:8080";

/** A TSDoc example: a module that stands on its own. */
export interface Example {
  /** The file it is in, and its number there. */
  readonly name: string;
  readonly code: string;
  /** It makes WebRTC connections, which Node and Bun cannot. */
  readonly needsPage: boolean;
}

/** All examples of the client's documentation: of its comments, and of its README. */
export function clientExamples(): readonly Example[] {
  const files = readdirSync(sources).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  const readme = readFileSync(join(root, "client/README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code!);
  return [
    ...blocks.map((code, at) => exampleOf(`readme-${at + 1}`, code)),
    ...files.flatMap((file) => examplesIn(file.replace(/\.ts$/, ""), readFileSync(join(sources, file), "utf8"))),
  ];
}

/** The examples of the comments in a source text. */
export function examplesIn(name: string, text: string): readonly Example[] {
  const blocks = [...text.matchAll(/^ *\* @example\n((?: *\*(?!\/| @).*\n)+)/gm)];
  return blocks.map(([, block], at) => exampleOf(`${name}-${at + 1}`, block!.replaceAll(/^ *\* ?/gm, "")));
}

function exampleOf(name: string, code: string): Example {
  return { name, code, needsPage: /^import .*\bconnectPeer\b/m.test(code) };
}

export function exampleFor({ code }: Example, url: string): string {
  return code.replaceAll(EXAMPLE_URL, url);
}

/** An empty project with the package installed as its users would. */
export interface ClientProject {
  readonly folder: string;
  run(
    command: readonly string[],
    env?: Record<string, string>,
  ): Promise<{ readonly code: number; readonly output: string }>;
  remove(): void;
}

/**
 * Packs the client with `npm pack` and installs the tarball, without a registry, into an empty project. Both are
 * copies, so that it may happen several times at once.
 */
export async function installClient(): Promise<ClientProject> {
  const folder = mkdtempSync(join(tmpdir(), "rendezvous-client-"));
  const [copy, project] = [join(folder, "copy"), join(folder, "project")];
  for (const part of ["client/src", "client/package.json", "client/tsconfig.build.json", "client/README.md"]) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  for (const part of ["scripts/client", "scripts/setup", "tsconfig.json", "LICENSE"]) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), `{ "name": "empty", "version": "1.0.0", "type": "module" }`);
  const run =
    (cwd: string) =>
    async (command: readonly string[], env: Record<string, string> = {}) => {
      const child = Bun.spawn([...command], {
        cwd,
        env: {
          PATH: process.env["PATH"] ?? "",
          HOME: folder,
          ...quietNpm,
          npm_config_cache: join(folder, "cache"),
          ...env,
        },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, err, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      return { code, output: out + err };
    };
  const must = async (cwd: string, ...command: string[]): Promise<string> => {
    const { code, output } = await run(cwd)(command);
    if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${output}`);
    return output;
  };
  await must(join(copy, "client"), "npm", "pack", "--pack-destination", folder);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  await must(project, "npm", "install", "--offline", "--no-audit", "--no-fund", join(folder, tarball));
  return { folder: project, run: run(project), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Adds a package that the client does not bring along, such as that which the video chat needs. */
export function addPackage({ folder }: ClientProject, name: "socket.io-client" | "ws"): void {
  const place = join(folder, "node_modules", name);
  if (!existsSync(place)) symlinkSync(join(root, "node_modules", name), place);
}
