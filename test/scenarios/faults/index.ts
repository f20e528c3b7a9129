import type { Fault } from "./fault.ts";
import { killedServer } from "./killed-server.ts";
import { pausedServer } from "./paused-server.ts";

/** Everything that `npm run test:faults` does to a world. */
export const faults: readonly Fault[] = [killedServer, pausedServer(40_000)];
