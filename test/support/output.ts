/** What a program prints. */
interface Printing {
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
}

/** Reads all that a program prints, and resolves when the text comes in it: to a way to ask for all so far. */
export async function collectOutput({ stdout, stderr }: Printing, awaited: string): Promise<() => string> {
  let output = "";
  await new Promise<void>((found, failed) => {
    const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
      const decoder = new TextDecoder();
      for await (const chunk of stream) {
        output += decoder.decode(chunk, { stream: true });
        if (output.includes(awaited)) found();
      }
    };
    const ended = (): void => failed(new Error(`it ended before it said "${awaited}":\n${output}`));
    Promise.all([collect(stdout), collect(stderr)]).then(ended, failed);
  });
  return () => output;
}
