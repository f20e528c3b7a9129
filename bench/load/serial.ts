/** What a request is made of. */
export interface PlainRequest {
  readonly path: string;
  /** Sent as JSON. */
  readonly body: unknown;
}

/**
 * Sends requests over one connection, each when the one before it is answered, so that nothing of what happens depends on
 * how fast the machine is. Rejects if one is not answered with 2xx, or the connection ends.
 */
export async function serial(port: number, requests: readonly PlainRequest[]): Promise<void> {
  const texts = requests.map(writeRequest);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let sent = 0;
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data(connection, answer) {
        const status = answer.toString("latin1", 9, 12);
        if (!status.startsWith("2")) reject(new Error(`${texts[sent - 1]} was answered ${answer.toString()}`));
        else if (sent === texts.length) resolve();
        else connection.write(texts[sent++]!);
      },
      close: () => reject(new Error("the connection was closed")),
    },
  });
  try {
    socket.write(texts[sent++]!);
    await promise;
  } finally {
    socket.end();
  }
}

/** The same over sixteen connections: sooner done, and in another order each time. */
export async function sideBySide(port: number, requests: readonly PlainRequest[]): Promise<void> {
  const size = Math.ceil(requests.length / 16);
  const parts = Array.from({ length: 16 }, (_, at) => requests.slice(at * size, (at + 1) * size));
  await Promise.all(parts.filter(({ length }) => length > 0).map((part) => serial(port, part)));
}

/** As it goes over a connection that stays open. */
export function writeRequest({ path, body }: PlainRequest): string {
  const text = JSON.stringify(body);
  const head = `POST ${path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: ${text.length}`;
  return `${head}\r\n\r\n${text}`;
}
