import type { Socket } from "bun";
import type { Sentinel } from "./overload.ts";

/**
 * A byte that this process sends to itself over the loopback. The system lists sockets in the order in which they became
 * ready, so it is read after every request that was there before it.
 */
export async function openSentinel(): Promise<Sentinel> {
  let heard = (): void => undefined;
  const { promise: accepted, resolve } = Promise.withResolvers<Socket>();
  const data = (): void => heard();
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data, open: (one) => resolve(one) } });
  const near = await Bun.connect({ hostname: "127.0.0.1", port: listener.port, socket: { data: () => undefined } });
  const far = await accepted;
  // Nobody else is let in.
  listener.stop();
  near.setNoDelay(true);
  near.unref();
  far.unref();
  return {
    send(returned) {
      heard = returned;
      near.write("!");
    },
    stop() {
      near.end();
      far.end();
    },
  };
}
