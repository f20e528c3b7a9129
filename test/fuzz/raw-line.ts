import { readAnswer } from "./http-line.ts";

/** How long the server may take to let go of a connection whose other end is closed, in ms. */
const PATIENCE_MS = 15_000;

/**
 * Writes bytes on a connection of their own, closes this end, and reads until the server closes its own. Returns the
 * statuses of the answers that came.
 *
 * @throws {Error} if the server keeps the connection
 */
export async function writeRaw(port: number, bytes: Uint8Array): Promise<readonly number[]> {
  let come = Buffer.alloc(0);
  let done: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (done = resolve));
  let rest = bytes;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (one) => push(one),
      drain: (one) => push(one),
      data: (one, chunk) => {
        come = Buffer.concat([come, chunk]);
        // What comes without an end is not read to one.
        if (come.length > 4_000_000 || come.includes("text/event-stream")) one.terminate();
      },
      close: () => done(),
      error: () => done(),
    },
  });
  function push(one: Bun.Socket): void {
    const written = one.write(rest);
    rest = written < 0 ? new Uint8Array() : rest.subarray(written);
    if (rest.length === 0) quiet ??= setTimeout(() => one.end(), 5);
  }
  const late = setTimeout(() => {
    socket.terminate();
    done();
  }, PATIENCE_MS);
  const began = performance.now();
  await closed;
  clearTimeout(late);
  clearTimeout(quiet);
  if (performance.now() - began >= PATIENCE_MS) throw new Error("the connection was kept");
  const statuses: number[] = [];
  for (let bytes: Buffer = come; bytes.length > 0;) {
    const answer = readAnswer(bytes, false);
    if (answer === null) break;
    statuses.push(answer.status);
    const next = bytes.indexOf("HTTP/1.1 ", 9);
    bytes = next < 0 ? Buffer.alloc(0) : bytes.subarray(next);
  }
  return statuses;
}
