import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare } from "../../scripts/setup/prepare.mjs";
import { findPrepared } from "../../scripts/setup/prepared.mjs";
import { residentBytes } from "../harness/processes.ts";
import { inRounds, type Figures } from "../harness/rounds.ts";
import type { Row, Work } from "../harness/work.ts";

const root = join(import.meta.dir, "../..");

/** When what was loaded for the start alone has been given back, in ms. */
const IDLE_MS = 3_000;

const MEBIBYTE = 1024 ** 2;

const PREPARED =
  "the launcher finds the program prepared, in one file compiled beforehand; most of what is left beside the server's own " +
  "start is that of Node, which the launcher runs on.";

/**
 * From the moment the program is started until it answers that it is ready, with all faces and the settings it has by
 * itself, on a folder that has its database; and what it holds once it has nothing to do. On all cores: whoever starts it
 * has no other use for them.
 */
export const start: Work = {
  name: "start",
  title: "Start",
  needs: [],
  async measure({ rounds, smoke, say }) {
    if (smoke) return [];
    const folder = mkdtempSync(join(tmpdir(), "rendezvous-bench-"));
    try {
      say("preparing the program");
      await prepare(root);
      if (findPrepared(root) === null) throw new Error("the program could not be prepared");
      say("building the executable");
      const executable = await built(join(folder, "rendezvous"));
      const started = (command: readonly string[]) => () => measure(command, folder);
      const contenders = {
        launcher: started(["node", join(root, "bin/rendezvous.mjs"), "serve"]),
        executable: started([executable, "serve"]),
      };
      // The first makes the database, and has the system read the files.
      for (const first of Object.values(contenders)) await first();
      const samples = await inRounds(rounds, contenders);
      const ready = (what: string, who: keyof typeof contenders, more: Partial<Row>): Row => ({
        ...{ what: `ready, ${what}`, unit: "ms", ours: samples.of(who, "ms"), against: [] },
        ...{ generator: 0, ...more },
      });
      const idle = (what: string, who: keyof typeof contenders): Row => ({
        ...{ what: `idle, ${what}`, unit: "MiB resident", ours: samples.of(who, "mebibytes"), against: [] },
        ...{ target: { atMost: 90 }, generator: 0 },
      });
      return [
        ready("by what npm start runs", "launcher", { target: { atMost: 300 }, note: PREPARED }),
        ready("executable", "executable", { target: { atMost: 200 } }),
        idle("by what npm start runs", "launcher"),
        idle("executable", "executable"),
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function built(executable: string): Promise<string> {
  const command = [process.execPath, join(root, "scripts/build/executable.ts"), "--out", executable];
  const child = Bun.spawn(command, { cwd: root, stdout: "ignore", stderr: "pipe" });
  const [errors, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code !== 0) throw new Error(`the executable could not be built:\n${errors}`);
  return executable;
}

async function measure(command: readonly string[], folder: string): Promise<Figures> {
  const port = freePort();
  const env = { HOST: "127.0.0.1", PORT: `${port}`, DATA_DIR: join(folder, "data"), LOG_LEVEL: "warn" };
  const began = performance.now();
  const child = Bun.spawn([...command], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, ...env },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "inherit",
  });
  try {
    await ready(`http://127.0.0.1:${port}/readyz`);
    const ms = performance.now() - began;
    await Bun.sleep(IDLE_MS);
    return { ms, mebibytes: residentBytes(serverOf(child.pid)) / MEBIBYTE };
  } finally {
    child.kill("SIGTERM");
    await child.exited;
  }
}

/** How often to ask, in ms. */
const ASK_MS = 2;
const PATIENCE_MS = 20_000;

async function ready(url: string): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end;) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok === true) return;
    await Bun.sleep(ASK_MS);
  }
  throw new Error("the server did not become ready");
}

/** The launcher stays before the server, which is its child. */
function serverOf(pid: number): number {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
  return children[0] ?? pid;
}

function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = probe;
  probe.stop(true);
  return port;
}
