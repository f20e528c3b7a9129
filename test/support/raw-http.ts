import { connect } from "node:net";

/** What came back on a raw connection. */
export interface RawAnswer {
  readonly text: string;
  /** The status of each answer, in their order. */
  readonly statuses: readonly number[];
  /** True if the server closed the connection; false if it was still open after everything had come. */
  readonly closed: boolean;
  /** How long it was open, in ms. */
  readonly tookMs: number;
}

export interface RawOptions {
  /** Sent again every second, until the connection ends. */
  readonly drip?: string;
  /** When to stop waiting: by default as soon as something came, and nothing more for `quietMs`. */
  readonly untilClosed?: boolean;
  readonly quietMs?: number;
}

/** Sends these bytes (Latin-1) to the loopback and listens. */
export function sendRaw(port: number, bytes: string, options: RawOptions = {}): Promise<RawAnswer> {
  const { drip, untilClosed = false, quietMs = 300 } = options;
  return new Promise((heard) => {
    const began = performance.now();
    let text = "";
    let quiet: ReturnType<typeof setTimeout> | undefined;
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes, "latin1"));
    const dripping = drip === undefined ? undefined : setInterval(() => socket.write(drip, "latin1"), 1_000);
    const end = (closed: boolean): void => {
      clearTimeout(quiet);
      clearInterval(dripping);
      socket.destroy();
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
      heard({ text, statuses, closed, tookMs: performance.now() - began });
    };
    socket.on("data", (data) => {
      text += data.toString("latin1");
      clearTimeout(quiet);
      if (!untilClosed) quiet = setTimeout(() => end(false), quietMs);
    });
    // A write that meets the end of the connection; its close follows.
    socket.on("error", () => undefined);
    socket.on("close", () => end(true));
  });
}
