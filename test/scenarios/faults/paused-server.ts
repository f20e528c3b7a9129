import type { Fault } from "./fault.ts";

/** SIGSTOP of one server for so long that the others take it for dead. */
export const pausedServer = (lastsMs: number): Omit<Fault, "world"> => ({
  name: `SIGSTOP of a server for ${lastsMs / 1000} s`,
  engine: "both",
  lastsMs,
  async strike({ nodes }) {
    nodes[0]!.pause();
  },
  async heal({ nodes }) {
    nodes[0]!.resume();
  },
});
