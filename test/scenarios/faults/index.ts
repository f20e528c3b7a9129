import { clockJump } from "./clock-jump.ts";
import type { Fault } from "./fault.ts";
import { fullDisk, fullPostgres } from "./full-disk.ts";
import { killedServer } from "./killed-server.ts";
import type { FaultLine } from "./line.ts";
import { noDescriptors } from "./no-descriptors.ts";
import { pausedServer } from "./paused-server.ts";
import { postgresFaults } from "./postgres.ts";
import { redisFaults } from "./redis.ts";

export { lay } from "./lines.ts";

/** All that is done to servers and their stores. */
export const faults: readonly Fault<FaultLine>[] = [
  killedServer,
  pausedServer(40_000),
  ...redisFaults,
  ...postgresFaults,
  fullPostgres(),
  fullDisk(),
  clockJump("the clock of a server jumps an hour ahead", 3_600),
  clockJump("the clock of a server jumps an hour back", -3_600),
  noDescriptors(),
];
