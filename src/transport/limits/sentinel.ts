import type { Socket } from "bun";
import type { Sentinel } from "./overload.ts";

/**
 * A byte that this process sends to itself over the loopback. The system lists sockets in the order in which they became
 * ready, so it is read after every request that was there before it. Should its connection be lost, it takes another.
 *
 * @throws if it cannot have one at all
 */
export async function openSentinel(): Promise<Sentinel> {
  let near: Socket | null = null;
  let isStopped = false;
  let isOpening = false;
  let heard = (): void => undefined;

  const open = async (): Promise<void> => {
    let own: Socket | null = null;
    let isLost = false;
    const lost = (): void => {
      isLost = true;
      if (own === null || near !== own) return;
      near = null;
      // Whoever waits for the byte that went with it waits no more.
      heard();
      reopen();
    };
    own = await connectToSelf(() => heard(), lost);
    if (isStopped || isLost) own.end();
    else near = own;
  };
  const reopen = (): void => {
    if (isStopped || isOpening) return;
    isOpening = true;
    // Where there is none, such as while no descriptor is left, `send` tries again.
    void open()
      .catch(() => undefined)
      .finally(() => (isOpening = false));
  };
  await open();
  return {
    send(returned) {
      if (near === null) {
        reopen();
        return false;
      }
      heard = returned;
      return near.write("!") > 0;
    },
    stop() {
      isStopped = true;
      near?.end();
      near = null;
    },
  };
}

/** What one writes at this end `heard` reads at the other; `lost` is called when either has closed. */
async function connectToSelf(heard: () => void, lost: () => void): Promise<Socket> {
  const { promise: accepted, resolve } = Promise.withResolvers<Socket>();
  const ends = { close: lost, error: lost };
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { ...ends, data: heard, open: (one) => resolve(one) },
  });
  try {
    const near = await Bun.connect({
      hostname: "127.0.0.1",
      port: listener.port,
      socket: { ...ends, data: () => undefined },
    });
    const far = await accepted;
    near.setNoDelay(true);
    near.unref();
    far.unref();
    return near;
  } finally {
    // Nobody else is let in.
    listener.stop();
  }
}
