import type { Contender } from "../harness/contender.ts";
import { cpuSeconds, kernelSeconds } from "../harness/processes.ts";
import type { Figures } from "../harness/rounds.ts";
import { startPairs, type PairClient, type Pairs, type PairsResult } from "./pairs.ts";

/** A relay, of one process or several, and clients in pairs that are connected to it. */
export interface Relay {
  /** Sends as much as gets through, with so many messages of each client under way at a time, or {@link WINDOW}. */
  saturated(seconds: number, window?: number): Promise<Figures>;
  /** Sends so many messages a second. */
  steady(perSecond: number, seconds: number): Promise<Figures>;
  stop(): Promise<unknown>;
}

/** Messages of each client that are under way at a time: enough clients together leave the server no pause. */
const WINDOW = 1;

/**
 * Connects the clients, and lets the relay warm up. The figures: `perSecond`; `cpu`, µs of all its processes together for
 * each message, and `kernel`, what of that was spent in the kernel; `p50` and `p99`, in ms from when each was due;
 * `generator`.
 */
export async function startRelay(
  servers: readonly Pick<Contender, "pid" | "stop">[],
  clients: readonly PairClient[],
  sharesCore = false,
): Promise<Relay> {
  const pairs = await startPairs(clients, sharesCore);
  const used = (secondsOf: (pid: number) => number): number =>
    servers.reduce((sum, { pid }) => sum + secondsOf(pid), 0);
  const measured = async (run: (pairs: Pairs) => Promise<PairsResult>): Promise<Figures> => {
    const before = { cpu: used(cpuSeconds), kernel: used(kernelSeconds) };
    const { sent, inTime, seconds, busy, p50, p99 } = await run(pairs);
    const cpu = ((used(cpuSeconds) - before.cpu) / sent) * 1e6;
    const kernel = ((used(kernelSeconds) - before.kernel) / sent) * 1e6;
    return { perSecond: inTime / seconds, cpu, kernel, p50, p99, generator: busy / seconds };
  };
  const relay: Relay = {
    saturated: (seconds, window = WINDOW) => measured((all) => all.window(window, seconds)),
    steady: (perSecond, seconds) => measured((all) => all.rate(perSecond, seconds)),
    stop: () => Promise.all([pairs.stop(), ...servers.map((server) => server.stop())]),
  };
  await relay.saturated(1);
  return relay;
}
