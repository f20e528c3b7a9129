import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP port that leads to another one, until the line is cut. New connections are always taken. */
export interface CuttableLine {
  readonly port: number;
  /** Connections taken so far. */
  opened(): number;
  /** Breaks every connection there is, as if the network had gone. */
  cut(): void;
  /** Breaks a connection as soon as the far end sends this text, which does not arrive any more. Once. */
  cutBefore(text: string): void;
  close(): Promise<void>;
}

/** @param target where it leads to, asked for each connection */
export async function openLine(target: () => number): Promise<CuttableLine> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let opened = 0;
  let forbidden: string | null = null;
  const server = createServer((near) => {
    opened++;
    const far = connect(target(), "127.0.0.1");
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = (): void => {
      for (const socket of pair) socket.destroy();
      pairs.delete(pair);
    };
    for (const socket of pair) socket.on("error", end).on("close", end);
    near.on("data", (bytes) => far.write(bytes));
    far.on("data", (bytes) => {
      if (forbidden !== null && bytes.includes(forbidden)) {
        forbidden = null;
        end();
      } else near.write(bytes);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const cut = (): void => {
    for (const [near] of pairs) near.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    opened: () => opened,
    cut,
    cutBefore: (text) => (forbidden = text),
    async close() {
      cut();
      await new Promise((closed) => server.close(closed));
    },
  };
}
