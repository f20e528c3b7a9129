import { LOAD_CORE, onCore } from "../harness/cores.ts";

/** What wrk saw. */
export interface WrkResult {
  readonly perSecond: number;
  /** Answers that were not 2xx or 3xx, and connections that failed. */
  readonly failed: number;
  /** The part of its core that it used itself. */
  readonly generator: number;
  /** What the script has counted: it prints a line "said NAME NUMBER" for each when it is done. */
  readonly said: Readonly<Record<string, number>>;
}

/**
 * As many requests as a closed loop over some connections gets answered, with a Lua script of ours that makes them. What
 * is answered as fast as the bare runtime can keeps it too busy (see `requests.ts`).
 */
export async function wrk(
  url: string,
  {
    script,
    seconds,
    connections = 64,
    env = {},
  }: { script: string; seconds: number; connections?: number; env?: Readonly<Record<string, string>> },
): Promise<WrkResult> {
  const command = ["wrk", "--threads", "1", "--connections", `${connections}`, "--duration", `${seconds}s`];
  const child = Bun.spawn([...onCore(LOAD_CORE), ...command, "--script", script, url], {
    env: { ...process.env, ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [text, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
  if (code !== 0 || !(perSecond > 0)) throw new Error(`wrk ended with ${code}:\n${text}${errors}`);
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  const broken = (/Socket errors:(.*)/.exec(text)?.[1] ?? "").matchAll(/\d+/g);
  const used = child.resourceUsage()!.cpuTime.total;
  return {
    perSecond,
    failed: refused + [...broken].reduce((sum, [count]) => sum + Number(count), 0),
    generator: Number(used) / 1e6 / seconds,
    said: Object.fromEntries(
      [...text.matchAll(/^said (\S+) (\d+)$/gm)].map(([, name, count]) => [name, Number(count)]),
    ),
  };
}
