import { connect, createServer, type Socket } from "node:net";

/** A way to a server that can swallow all that goes over it, as a cable does that was pulled out. */
export interface BlackHole {
  readonly url: string;
  /** From now on nothing arrives on either side, not even that the other one has closed. */
  swallow(): void;
  stop(): void;
}

/** @param url of the server, `ws://host:port` */
export async function startBlackHole(url: string): Promise<BlackHole> {
  const { hostname, port } = new URL(url);
  const ends: Socket[] = [];
  let isOpen = true;
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.push(from);
      from.on("data", (chunk) => isOpen && to.write(chunk));
      from.on("end", () => isOpen && to.end());
      from.on("error", () => isOpen && to.destroy());
    }
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address() as { port: number };
  return {
    url: `ws://127.0.0.1:${address.port}`,
    swallow: () => void (isOpen = false),
    stop() {
      for (const end of ends) end.destroy();
      server.close();
    },
  };
}
