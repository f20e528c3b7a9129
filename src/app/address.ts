import { connect } from "node:net";
import type { Config } from "./config/settings.ts";

/** Why the server cannot listen, as a sentence, and the exit code that says it. */
export async function whyNoAddress(
  { HOST, PORT }: Config,
  error: unknown,
): Promise<{ sentence: string; code: number }> {
  const isTaken = await isListening(HOST, PORT);
  const why = isTaken ? "another program listens there" : "is HOST an address of this machine, and PORT free to take?";
  return { sentence: `cannot listen on ${HOST}:${PORT}: ${why} (${(error as Error).message})`, code: isTaken ? 1 : 2 };
}

/** The runtime blames a taken port for whatever kept it from listening. */
function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = connect({ host, port, timeout: 1_000 });
    const settle = (isThere: boolean) => {
      probe.destroy();
      answer(isThere);
    };
    probe.once("connect", () => settle(true));
    probe.once("error", () => settle(false));
    probe.once("timeout", () => settle(false));
  });
}
