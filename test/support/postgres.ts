import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { eventually } from "./eventually.ts";
import { freePort } from "./free-port.ts";

/** A real PostgreSQL of its own on the loopback, gone when stopped. */
export interface RunningPostgres {
  /** A database that is there from the start. */
  readonly url: string;
  readonly port: number;
  /** Makes another, empty database and returns its URL. */
  createDatabase(): Promise<string>;
  /** Ends the server as a crash would; the data stays for `restart`. SIGKILL takes all its processes at once. */
  kill(signal?: "SIGQUIT" | "SIGKILL"): Promise<void>;
  /** False once it has ended, by whatever. */
  isRunning(): boolean;
  /** Starts it again on the same port, and waits until it answers. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** It refuses to run as root; Debian's package brings this user. */
const USER = "postgres";

export interface PostgresOptions {
  /** The folder that its own is made in, which its user must be able to reach. */
  readonly within?: string;
  /** True: waits for its disk, as a server of somebody's own would; tests need not. */
  readonly fsync?: boolean;
  /** What stands before the program; it must exec. */
  readonly prefix?: readonly string[];
}

/** Starts PostgreSQL and waits until it answers. */
export async function startPostgres({
  within,
  fsync = false,
  prefix = [],
}: PostgresOptions = {}): Promise<RunningPostgres> {
  const dir = makeFolder(within ?? (isRoot() ? "/tmp" : tmpdir()));
  const data = join(dir, "data");
  // Everybody is let in; the loopback is all it listens on. Its disk need not last: it is never the machine that dies.
  const made = asItsUser(["initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
  const [complaint, code] = await Promise.all([new Response(made.stderr).text(), made.exited]);
  if (code !== 0) throw new Error(`initdb ended with ${code}:\n${complaint}`);

  const port = await freePort();
  const url = (name: string): string => `postgres://${USER}@127.0.0.1:${port}/${name}`;
  const settings = [
    `fsync=${fsync ? "on" : "off"}`,
    "max_connections=200",
    "shared_buffers=64MB",
    `unix_socket_directories=${dir}`,
  ];
  let running: Bun.Subprocess;
  const start = async (): Promise<void> => {
    running = asItsUser(
      ["postgres", "-D", data, "-p", `${port}`, "-h", "127.0.0.1", ...settings.flatMap((one) => ["-c", one])],
      "ignore",
      prefix,
    );
    await eventually("PostgreSQL answers", async () => {
      if (running.exitCode !== null) throw new Error(`postgres ended with ${running.exitCode}`);
      return query(url("postgres"), "SELECT 1").then(
        () => true,
        () => false,
      );
    });
  };
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    // Only it has a name here: each of the others belongs to one connection or one task.
    const others = signal === "SIGKILL" ? childrenOf(running.pid) : [];
    running.kill(signal);
    for (const pid of others) process.kill(pid, signal);
    await running.exited;
  };
  await start();
  let databases = 0;
  return {
    port,
    url: url("postgres"),
    async createDatabase() {
      const name = `test_${databases++}`;
      await query(url("postgres"), `CREATE DATABASE ${name}`);
      return url(name);
    },
    kill: (signal = "SIGQUIT") => kill(signal),
    isRunning: () => running.exitCode === null && running.signalCode === null,
    restart: start,
    async stop() {
      await kill("SIGQUIT");
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/**
 * A folder that its user owns and can reach. The folder of the tests' own temporary files is closed to others, and the
 * path of a socket must be short.
 */
function makeFolder(within: string): string {
  const dir = mkdtempSync(join(within, "rdv-pg-"));
  if (!isRoot()) return dir;
  const id = (flag: string): number => Number(Bun.spawnSync(["id", flag, USER]).stdout.toString());
  chownSync(dir, id("-u"), id("-g"));
  chmodSync(dir, 0o700);
  return dir;
}

function childrenOf(pid: number): readonly number[] {
  const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim();
  return listed === "" ? [] : listed.split(" ").map(Number);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function asItsUser(
  [program, ...args]: readonly string[],
  stderr: "pipe" | "ignore" = "pipe",
  prefix: readonly string[] = [],
) {
  const user = isRoot() ? ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"] : [];
  const env = { PATH: process.env["PATH"] ?? "", LC_ALL: "C" };
  return Bun.spawn([...prefix, ...user, programPath(program!), ...args], {
    cwd: "/",
    env,
    stdin: "ignore",
    stdout: "ignore",
    stderr,
  });
}

/** Debian keeps PostgreSQL's programs off the PATH, one folder for each version. */
function programPath(program: string): string {
  const versions = "/usr/lib/postgresql";
  const folders = existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, "bin")) : [];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? program;
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
