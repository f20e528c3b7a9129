import { join } from "node:path";
import { compiled } from "../harness/compile.ts";
import { LOAD_CORE, onCore } from "../harness/cores.ts";
import { writeRequest, type PlainRequest } from "./serial.ts";

/** What the load saw. */
export interface Answers {
  readonly perSecond: number;
  /** Answers that were not 2xx, and connections that got none. */
  readonly failed: number;
  /** The part of its core that the load used itself. */
  readonly generator: number;
}

/**
 * As many requests as a closed loop over some connections gets answered; they are sent in turn, over and over. For what is
 * the same each time this costs the load's core a third less than wrk, which the fastest server would keep too busy.
 *
 * @throws if a connection is lost, or an answer does not say its length or is longer than that
 */
export async function askInTurn(
  url: string,
  requests: readonly PlainRequest[],
  { seconds, connections = 64 }: { seconds: number; connections?: number },
): Promise<Answers> {
  const program = compiled(join(import.meta.dir, "requests.c"));
  const child = Bun.spawn([...onCore(LOAD_CORE), program, new URL(url).port, `${connections}`, `${seconds}`], {
    stdin: new Blob(requests.map(writeRequest).map((text) => `${Buffer.byteLength(text)}\n${text}`)),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [text, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`the load ended with ${code}: ${errors}`);
  const seen = JSON.parse(text) as { answered: number; failed: number; seconds: number };
  return {
    perSecond: seen.answered / seen.seconds,
    failed: seen.failed,
    generator: Number(child.resourceUsage()!.cpuTime.total) / 1e6 / seen.seconds,
  };
}
