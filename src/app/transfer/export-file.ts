import { existsSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { Failure } from "../commands/errors.ts";

/** Where an export goes. */
export interface Destination {
  write(text: string): Promise<void>;
  /** All was written. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

/**
 * A file that only its owner may read, and that is there under its name once it is whole.
 *
 * @throws {Failure} if it is there already, or cannot be written
 */
export async function exportFile(path: string): Promise<Destination> {
  if (existsSync(path)) throw new Failure(`${path} is there already: name another file.`);
  const part = `${path}.part`;
  const failed = (error: unknown): Failure =>
    new Failure(`${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)}).`);
  const guarded = async <Result>(step: () => Promise<Result>): Promise<Result> => {
    try {
      return await step();
    } catch (error) {
      throw failed(error);
    }
  };
  const file = await guarded(() => open(part, "wx", 0o600));
  return {
    write: (text) => guarded(() => file.writeFile(text)),
    finish: () =>
      guarded(async () => {
        await file.sync();
        await file.close();
        await rename(part, path);
      }),
    async discard() {
      await file.close().catch(() => undefined);
      await rm(part, { force: true });
    },
  };
}

/** @throws {Failure} for a terminal, and when whoever reads has gone */
export function standardOutput(): Destination {
  const { stdout } = process;
  if (stdout.isTTY) throw new Failure("Records are not for a terminal: name a file, or send them into a pipe.");
  let gone: Failure | null = null;
  let leave = (_: Failure): void => undefined;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    gone = new Failure(`The output was closed before all was written (${error.code ?? error.message}).`);
    leave(gone);
  });
  return {
    write: (text) =>
      new Promise((done, refuse) => {
        if (gone !== null) return refuse(gone);
        leave = refuse;
        stdout.write(text, (error) => {
          if (!error) done();
        });
      }),
    finish: async () => undefined,
    discard: async () => undefined,
  };
}
