import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Stands before several nodes, as a load balancer does that passes connections on and knows nothing of what they carry. */
export interface Balancer {
  readonly url: string;
  readonly wsUrl: string;
  stop(): void;
}

/** What the balancers of one cluster know of its nodes: it asks each for `/readyz` all the time. */
export interface Readiness {
  /** Ports of the nodes that are ready. */
  ready(): readonly number[];
  stop(): void;
}

/** How often to ask, in ms. */
const EACH_MS = 50;

export function watchReadiness(ports: readonly number[]): Readiness {
  const ready = new Set<number>();
  let isOver = false;
  const watch = async (port: number): Promise<void> => {
    while (!isOver) {
      const status = await fetch(`http://127.0.0.1:${port}/readyz`, { keepalive: false })
        .then(async (response) => (await response.text(), response.status))
        .catch(() => 0);
      if (status === 200) ready.add(port);
      else ready.delete(port);
      await new Promise((resume) => setTimeout(resume, EACH_MS));
    }
  };
  for (const port of ports) void watch(port);
  return { ready: () => ports.filter((port) => ready.has(port)), stop: () => void (isOver = true) };
}

/** `sticky`: keeps to one node as long as that is ready, as one that goes by the client's address does. */
export async function startBalancer(readiness: Readiness, { sticky = false } = {}): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;
  let favourite: number | null = null;
  const choose = (): number | undefined => {
    const ready = readiness.ready();
    if (sticky && favourite !== null && ready.includes(favourite)) return favourite;
    favourite = ready[turn++ % Math.max(1, ready.length)] ?? null;
    return favourite ?? undefined;
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    open.add(near);
    near.on("close", () => open.delete(near));
    near.on("error", () => undefined);
    const tryNext = (left: number): void => {
      const port = choose();
      if (port === undefined || left === 0) return void near.destroy();
      const far = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
      let isThere = false;
      far.on("connect", () => {
        isThere = true;
        near.pipe(far);
        far.pipe(near);
      });
      far.on("error", () => (isThere ? near.destroy() : tryNext(left - 1)));
      far.on("close", () => isThere && near.destroy());
      near.on("close", () => far.destroy());
    };
    tryNext(3);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    stop() {
      server.close();
      for (const one of open) one.destroy();
    },
  };
}
