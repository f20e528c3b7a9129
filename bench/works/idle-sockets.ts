import { join } from "node:path";
import { connectionCosts } from "../harness/connections.ts";
import { startContender, startOurs } from "../harness/contender.ts";
import type { Work } from "../harness/work.ts";
import { SECRET, sleepers } from "../load/sleepers.ts";

const limit = join(import.meta.dir, "../limits/idle-socket.ts");

const settings = {
  FACES: "devices",
  SOCKETS_PER_ADDRESS: "0",
  JWT_SECRET: SECRET,
  BUDGETS: ["connect=address:1000000/1s", "presence=address:1000000/1s", "message=address:1000000/1s"].join(";"),
};

/** As many as 20,000 descriptors leave room for on either side. */
const MANY = 18_000;

/** So many are enough for what is alike for each. */
const MANY_BARE = 6_000;

/** Those who are there before anything is counted, so that nothing happens for the first time. */
const BEFORE = 300;

/** Devices that are registered, present and silent: what each takes of memory, and of time to come in. */
export const idleSockets: Work = {
  name: "idle-sockets",
  title: "Idle sockets",
  needs: ["taskset"],
  async measure({ rounds, smoke }) {
    if (smoke) return [];
    const all = await sleepers(BEFORE + MANY);
    const many = all.slice(BEFORE);
    const { ours, bare } = await connectionCosts(
      {
        ours: { start: () => startOurs(settings), path: "/socket/", many },
        bare: { start: () => startContender([process.execPath, limit]), path: "/", many: many.slice(0, MANY_BARE) },
      },
      { rounds, before: all.slice(0, BEFORE) },
    );
    const limited = { name: "bare Bun socket", kind: "limit" as const };
    return [
      {
        what: `registered device, one of ${MANY}`,
        unit: "bytes resident",
        ours: ours.bytes,
        against: [{ ...limited, samples: bare.bytes }],
        target: { atMost: 5 * 1_024 },
        generator: 0,
        note:
          "about 2 KB of it are objects that live, of which a quarter are entries of tables, and 1.5 KB is the runtime's " +
          "own for each socket; the rest is room in half-empty blocks, which the collector leaves between what lives.",
      },
      {
        what: "connect and register",
        unit: "µs of CPU",
        ours: ours.micros,
        against: [{ ...limited, samples: bare.micros }],
        generator: 0,
      },
    ];
  },
};
