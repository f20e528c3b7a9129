import { connect, createServer, type Server, type Socket } from "node:net";
import type { Line } from "../world/line.ts";
import { Flow, type Manner } from "./flow.ts";

/** What may go wrong on a line; nothing is wrong with `{}`. */
export interface LineFault {
  /** What each piece is late by, in ms, each way. */
  readonly latencyMs?: number;
  /** What chance adds to it at most, in ms. The order stays. */
  readonly jitterMs?: number;
  /** What goes through in a second, each way. */
  readonly bytesPerSecond?: number;
  /** Pieces of 1 to so many bytes, each written on its own. */
  readonly slice?: number;
  /** Which way nothing gets through any more, though both ends stay connected: held back, and sent on when healed. */
  readonly hold?: Way | "both";
  /** Which way everything is taken and thrown away; what has lost a byte is reset when healed. */
  readonly swallow?: Way | "both";
  /** Who connects is refused. */
  readonly refuse?: boolean;
}

/** `up`: from the one who connected. */
export type Way = "up" | "down";

/** A TCP proxy on the loopback before one server, whose faults can be changed while connections are open. */
export interface FaultLine extends Line {
  /** Connections that are open. */
  open(): number;
  /** From now on exactly this is wrong, with connections that are open, too. */
  set(fault: LineFault): Promise<void>;
  /** Ends what is open in an orderly way (FIN), both ends. */
  end(): void;
  /** Ends what is open with RST, both ends. */
  reset(): void;
  /** Ends what is open, and refuses whoever comes. */
  cut(): Promise<void>;
  /** Nothing is wrong any more; what was ended stays so. */
  heal(): Promise<void>;
  stop(): Promise<void>;
}

export interface LineOptions {
  /** Where the server listens, on the loopback. */
  readonly target: number;
  /** Where the line does; any free port otherwise. */
  readonly port?: number;
  /** Chance: from 0 to below `bound`. */
  readonly random?: (bound: number) => number;
}

/** One connection through the line. */
interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  readonly flows: readonly [Flow, Flow];
}

/** Opens a line to a server, which need not be there yet: it is dialled for each connection. */
export async function openLine({ target, port = 0, random = chance }: LineOptions): Promise<FaultLine> {
  const pairs = new Set<Pair>();
  let fault: LineFault = {};
  const manner = (way: Way): Manner => ({
    latencyMs: fault.latencyMs ?? 0,
    jitterMs: fault.jitterMs ?? 0,
    bytesPerSecond: fault.bytesPerSecond ?? Number.POSITIVE_INFINITY,
    slice: fault.slice ?? Number.POSITIVE_INFINITY,
    isHeld: fault.hold === way || fault.hold === "both",
    isSwallowed: fault.swallow === way || fault.swallow === "both",
  });

  const accept = (near: Socket): void => {
    const far = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
    for (const end of [near, far]) end.setNoDelay(true);
    const flows = [
      new Flow(near, far, () => manner("up"), random),
      new Flow(far, near, () => manner("down"), random),
    ] as const;
    const pair = { near, far, flows };
    pairs.add(pair);
    let closed = 0;
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      end.on("error", () => undefined);
      end.on("close", (hadError: boolean) => {
        if (++closed === 2) pairs.delete(pair);
        // Whoever's other end broke hears of it at once, unless the line lets nothing through.
        if (hadError && !manner(end === near ? "up" : "down").isSwallowed) breakOff(other);
      });
    }
  };

  let server = await listen(port, accept);
  const own = (server.address() as { port: number }).port;
  let changing = Promise.resolve();
  const apply = async (next: LineFault): Promise<void> => {
    const before = fault;
    fault = next;
    if (next.swallow === undefined && before.swallow !== undefined) {
      for (const { near, far, flows } of pairs) {
        if (flows.some((flow) => flow.hasLost)) for (const end of [near, far]) breakOff(end);
      }
    }
    for (const { flows } of pairs) for (const flow of flows) flow.changed();
    if (next.refuse === true && server.listening) server.close();
    if (next.refuse !== true && !server.listening) server = await listen(own, accept);
  };
  const set = (next: LineFault): Promise<void> => (changing = changing.then(() => apply(next)));
  const each = (act: (end: Socket) => void): void => {
    for (const { near, far } of pairs) for (const end of [near, far]) act(end);
  };
  const end = (): void => each((one) => one.destroy());
  return {
    port: own,
    open: () => pairs.size,
    set,
    end,
    reset: () => each(breakOff),
    async cut() {
      await set({ refuse: true });
      end();
    },
    heal: () => set({}),
    async stop() {
      await changing;
      server.close();
      end();
    },
  };
}

function listen(port: number, accept: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: false }, accept);
  return new Promise((ready, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => ready(server));
  });
}

/** With RST. */
function breakOff(end: Socket): void {
  if (!end.destroyed) end.resetAndDestroy();
}

const chance = (bound: number): number => Math.floor(Math.random() * bound);
