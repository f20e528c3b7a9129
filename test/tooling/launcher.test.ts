import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { copyPackage, root, type PackageCopy } from "./package-copy.ts";

/** Stands in for the server: says what it was given and which signals it hears. */
const PROGRAM = `
console.log("args", process.argv.slice(2).join(" "));
console.log("cwd", process.cwd());
console.log("from .env:", process.env["FROM_DOT_ENV"]);
console.log("holes given back each", process.env["MIMALLOC_PURGE_HOLES_MIN_INTERVAL"]);
if (process.argv[2] === "exit") process.exit(Number(process.argv[3]));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => console.log("heard", signal));
// Ends a moment after a SIGTERM, as a server that drains.
process.on("SIGTERM", () => setTimeout(() => process.exit(3), 100));
setInterval(() => {}, 60_000);
console.log("pid", process.pid, "ready");
`;

describe("the launcher", () => {
  let copy: PackageCopy;
  let started: Running[];

  beforeEach(() => {
    started = [];
    copy = copyPackage(["bin", "scripts", "package.json", "package-lock.json"], { modules: false });
    mkdirSync(join(copy.path, "node_modules/bun/bin"), { recursive: true });
    symlinkSync(process.execPath, join(copy.path, "node_modules/bun/bin/bun.exe"));
    cpSync(join(root, "package-lock.json"), join(copy.path, "node_modules/.package-lock.json"));
    copy.write("src/main.ts", PROGRAM);
  });
  afterEach(async () => {
    for (const one of started) await one.end();
    copy.remove();
  });

  const launch = (...args: string[]): Running => {
    const one = start(["node", join(copy.path, "bin/rendezvous.mjs"), ...args], copy.path);
    started.push(one);
    return one;
  };
  const npmStart = (): Running => {
    const one = start(["npm", "start"], copy.path);
    started.push(one);
    return one;
  };

  test("hands over arguments and working directory, and exits with the program's code", async () => {
    const one = launch("exit", "5");
    expect(await one.exited).toBe(5);
    expect(one.output()).toContain("args exit 5");
    expect(one.output()).toContain(`cwd ${copy.path}`);
  });

  test("has the runtime look for memory to give back once a second, unless its user wants it otherwise", async () => {
    const usual = launch("exit", "0");
    await usual.exited;
    expect(usual.output()).toContain("holes given back each 1000");
    const own = start(["node", join(copy.path, "bin/rendezvous.mjs"), "exit", "0"], copy.path, {
      MIMALLOC_PURGE_HOLES_MIN_INTERVAL: "20",
    });
    started.push(own);
    await own.exited;
    expect(own.output()).toContain("holes given back each 20");
  });

  test("leaves .env to the server", async () => {
    copy.write(".env", "FROM_DOT_ENV=loaded\n");
    const one = launch("exit", "0");
    await one.exited;
    expect(one.output()).toContain("from .env: undefined");
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("passes %s on, each one", async (signal) => {
    const one = launch("serve");
    await one.says("ready");
    one.signal(signal);
    await one.says(`heard ${signal}`);
    one.signal(signal);
    await one.says(`heard ${signal}\nheard ${signal}`);
    expect(one.heard()).toBe(2);
  });

  test("exits with 128 + n when a signal ended the program", async () => {
    const one = launch("serve");
    await one.says("ready");
    process.kill(one.programPid(), "SIGKILL");
    expect(await one.exited).toBe(137);
  });

  test("takes the program along when it is killed", async () => {
    const one = launch("serve");
    await one.says("ready");
    one.signal("SIGKILL");
    // The program holds the other end of the output.
    await one.closed;
    expect(one.heard()).toBe(0);
  });

  test("under npm, Ctrl-C on a terminal reaches the program once", async () => {
    const one = npmStart();
    await one.says("ready");
    one.signalGroup("SIGINT");
    await one.says("heard SIGINT");
    // npm's echo of it would have come by the time that another signal made the whole way.
    one.signal("SIGTERM");
    await one.says("heard SIGTERM");
    expect(one.heard()).toBe(2);
  });

  test("under npm, a SIGTERM to npm reaches the program once, and npm waits for its end", async () => {
    const one = npmStart();
    await one.says("ready");
    one.signal("SIGTERM");
    expect(await one.exited).toBe(3);
    await one.closed;
    expect(one.heard()).toBe(1);
  });

  test("when npm is killed, the program is told to stop", async () => {
    const one = npmStart();
    await one.says("ready");
    one.signal("SIGKILL");
    await one.closed;
    expect(one.output()).toContain("heard SIGTERM");
    expect(one.heard()).toBe(1);
  });
});

interface Running {
  readonly exited: Promise<number>;
  /** Nobody holds the output any more. */
  readonly closed: Promise<void>;
  output(): string;
  /** Waits until it has printed `text`. */
  says(text: string): Promise<void>;
  /** How many signals the program has heard. */
  heard(): number;
  programPid(): number;
  signal(signal: NodeJS.Signals): void;
  /** As a terminal does it. */
  signalGroup(signal: NodeJS.Signals): void;
  end(): Promise<void>;
}

/** Runs a command in a process group of its own, free of what npm left in this one's environment. */
function start(command: readonly string[], cwd: string, settings: Record<string, string> = {}): Running {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith("npm_")),
  );
  const child = Bun.spawn([...command], {
    cwd,
    env: { ...inherited, ...settings },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
    detached: true,
  });
  let output = "";
  let printed = Promise.withResolvers<void>();
  const closed = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      output += chunk;
      printed.resolve();
      printed = Promise.withResolvers();
    }
    printed.resolve();
  })();
  let open = true;
  void closed.then(() => (open = false));
  const programPid = (): number => Number(/pid (\d+) ready/.exec(output)?.[1]);
  return {
    exited: child.exited,
    closed,
    output: () => output,
    async says(text) {
      while (!output.includes(text)) {
        if (!open) throw new Error(`it ended without saying "${text}":\n${output}`);
        await printed.promise;
      }
    },
    heard: () => output.split("heard ").length - 1,
    programPid,
    signal: (signal) => child.kill(signal),
    signalGroup: (signal) => process.kill(-child.pid, signal),
    async end() {
      if (!open) return;
      child.kill("SIGKILL");
      if (programPid() > 0) process.kill(programPid(), "SIGKILL");
      await closed;
    },
  };
}
