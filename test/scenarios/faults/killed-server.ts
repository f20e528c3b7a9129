import type { Fault } from "./fault.ts";

/** kill -9 of one server, which comes back on the same data. */
export const killedServer: Omit<Fault, "world"> = {
  name: "kill -9 of a server",
  engine: "both",
  lastsMs: 3_000,
  strike: ({ nodes }) => nodes.at(-1)!.kill(),
  heal: ({ nodes }) => nodes.at(-1)!.restart(),
};
