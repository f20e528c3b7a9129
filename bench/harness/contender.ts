import { startServer, type RunningServer } from "../../test/support/server.ts";
import { runtimeSettings } from "../../scripts/setup/runtime.mjs";
import { onCore, SERVER_CORE } from "./cores.ts";

/** A program under load: ours, a peer, or the bare runtime. */
export interface Contender {
  readonly pid: number;
  /** Where it takes requests, such as http://127.0.0.1:4000. */
  readonly url: string;
  stop(signal?: NodeJS.Signals): Promise<unknown>;
}

/**
 * Settings that every measurement of ours starts with: all checks and limits are on, with budgets so wide that no
 * request is refused by them.
 */
export const MEASURED: Readonly<Record<string, string>> = { RATE_LIMIT_LOOPBACK: "on" };

/** What is new is the first to be refused when the server is late; a machine that others use, too, makes it so. */
export const PATIENT = { MAX_DELAY_MS: "1000" };

/** Our server, as its user starts it, on a core of its own. */
export function startOurs(settings: Readonly<Record<string, string>>, core = SERVER_CORE): Promise<RunningServer> {
  return startServer({ ...MEASURED, ...settings }, { prefix: onCore(core) });
}

/** Where the program printed where it listens. */
const LISTENING = /listening on (\S+)/;

/**
 * Any other program, on a core of its own, with the same settings of the runtime if it runs on that. It says where it takes
 * requests by printing "listening on URL"; one that does not is asked at `url` until it answers.
 */
export async function startContender(
  command: readonly string[],
  {
    core = SERVER_CORE,
    env = {},
    cwd,
    url,
  }: { core?: number; env?: Record<string, string>; cwd?: string; url?: string } = {},
): Promise<Contender> {
  const child = Bun.spawn([...onCore(core), ...command], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...runtimeSettings, ...process.env, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let output = "";
  const said = Promise.withResolvers<string>();
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      output += decoder.decode(chunk, { stream: true });
      const found = LISTENING.exec(output);
      if (found !== null) said.resolve(found[1]);
    }
  };
  const reading = Promise.all([collect(child.stdout), collect(child.stderr)]);
  const ended = child.exited.then(async (code) => {
    await reading;
    throw new Error(`${command.join(" ")} ended with ${code} before it was ready:\n${output}`);
  });
  const ready = url === undefined ? said.promise : answering(url).then(() => url);
  try {
    const where = await Promise.race([ready, ended]);
    ended.catch(() => undefined);
    return {
      pid: child.pid,
      url: where,
      stop() {
        child.kill("SIGKILL");
        return child.exited;
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

/** Asks until there is an answer, whatever it says. */
async function answering(url: string): Promise<void> {
  for (;;) {
    try {
      await fetch(url.replace(/^(nats|ws)/, "http"), { signal: AbortSignal.timeout(500) });
      return;
    } catch {
      await Bun.sleep(20);
    }
  }
}
