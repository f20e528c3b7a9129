import { killedServer } from "../faults/killed-server.ts";
import { pausedServer } from "../faults/paused-server.ts";
import type { PlantedBug } from "./plant.ts";

/** A kill at once, with little time around it. */
const KILL = { faults: [{ ...killedServer, lastsMs: 100 }], afterMs: 500 };

/** Bugs that one node shows within seconds; each breaks another promise. */
export const quickBugs: readonly PlantedBug[] = [
  {
    name: "a claim that is not atomic",
    breaks: 1,
    engine: "embedded",
    crowds: ["host-pool"],
    scale: 3,
    changes: [
      {
        file: "src/adapters/memory/leases.ts",
        text: "    claim({ group, forMs, pick }) {",
        becomes: "    async claim({ group, forMs, pick }) {",
      },
      {
        file: "src/adapters/memory/leases.ts",
        text: "        if (!isLive(now, row)) continue;\n        allocate(row,",
        becomes: `        if (!isLive(now, row)) continue;
        await new Promise((resume) => setTimeout(resume, 200));
        allocate(row,`,
      },
    ],
  },
  {
    name: "a ticket that still waits when it is matched",
    breaks: 1,
    engine: "embedded",
    crowds: ["arena"],
    changes: [
      {
        file: "src/adapters/sql/arena/join-queue.ts",
        text: "await meet(db, { id: id!,",
        becomes: "await meet(db, { id: -id!,",
      },
      {
        file: "src/adapters/sql/migrations/0004-arena.ts",
        text: "_queue_id ${text} NOT NULL UNIQUE,",
        becomes: "_queue_id ${text} NOT NULL,",
      },
    ],
  },
  {
    name: "a pairing that forgets who has waited longest",
    breaks: 2,
    engine: "embedded",
    crowds: ["arena"],
    changes: [
      {
        file: "src/adapters/sql/arena/join-queue.ts",
        text: `const waiter = takeOut(`,
        becomes: `const waiter = line.length < 3 ? null : takeOut(`,
      },
      {
        file: "src/adapters/sql/arena/join-queue.ts",
        text: "most: 2 * joins.length,",
        becomes: "most: 9,",
      },
    ],
  },
  {
    name: "a 2xx before the commit",
    breaks: 3,
    engine: "embedded",
    crowds: ["arena", "coordinator"],
    ...KILL,
    changes: [
      {
        file: "src/adapters/sql/sqlite/group.ts",
        text: `    this.#connection.exec("COMMIT");
    return answers;
  }

  /** Runs the jobs`,
        becomes: `    for (const answer of answers.splice(0)) answer();
    await new Promise((resume) => setTimeout(resume, 100));
    this.#connection.exec("COMMIT");
    return answers;
  }

  /** Runs the jobs`,
      },
    ],
  },
  {
    name: "ratings and an outbox that take a match twice",
    breaks: 4,
    engine: "embedded",
    crowds: ["arena"],
    changes: [
      {
        file: "src/core/matches/matches.ts",
        text: "if (isSame(earlier, report)) return null;",
        becomes: `if (isSame(earlier, report))
          return match.result && this.#ratesUnsigned ? ratingStep(match, match.result.winner, now, this.#postsRatings) : null;`,
      },
      { file: "src/adapters/sql/arena/rate-agents.ts", text: "if (known.length > 0) return;", becomes: "" },
      {
        file: "src/adapters/sql/migrations/0004-arena.ts",
        text: `created_at BIGINT NOT NULL,
       UNIQUE (match_id, agent_id)`,
        becomes: "created_at BIGINT NOT NULL",
      },
      {
        file: "src/adapters/sql/migrations/0006-chain.ts",
        text: `       UNIQUE (match_id, agent_id),
       FOREIGN KEY (match_id, agent_id) REFERENCES rating_changes (match_id, agent_id),
`,
        becomes: "",
      },
    ],
  },
  {
    name: "a late cleanup that takes the newer registration with it",
    breaks: 5,
    engine: "embedded",
    crowds: ["devices"],
    scale: 2,
    warmUpMs: 12_000,
    changes: [
      {
        file: "src/core/devices/device-socket.ts",
        text: `    this.#grace?.cancel();
    this.#device = null;
    if (!wasOpen) return;`,
        becomes: "    if (!wasOpen) return;",
      },
      {
        file: "src/core/devices/registrations.ts",
        text: "    if (there === null || !this.#local.remove(there)) return;",
        becomes: "    if (there !== null) this.#local.remove(there);",
      },
      {
        file: "src/core/devices/registrations.ts",
        text: `newsOf("left", infoOf(there));
    this.#tokens.unwatch(there);`,
        becomes: `newsOf("left", infoOf(device));`,
      },
      {
        file: "src/core/devices/registrations.ts",
        text: "const outcome = await this.#registry.leave(there);",
        becomes: "const outcome = await this.#registry.leave(device);",
      },
      {
        file: "src/adapters/memory/presences.ts",
        text: "const isIts = current(group, member)?.connection === connection;",
        becomes: "const isIts = current(group, member) !== null || connection === null;",
      },
    ],
  },
  {
    name: "a message to nobody that is dropped in silence",
    breaks: 6,
    engine: "embedded",
    crowds: ["devices"],
    changes: [
      {
        file: "src/core/devices/lanes.ts",
        text: "for (const { asked } of rest) this.#refused(asked, why);",
        becomes: "",
      },
    ],
  },
  {
    name: "a tally that misses who comes into a session",
    breaks: 7,
    engine: "embedded",
    crowds: ["coordinator"],
    changes: [
      {
        file: "src/adapters/sql/migrations/0002-tallies.ts",
        text: `from: ["status", "current_players", "average_latency_ms"],`,
        becomes: `from: ["status", "average_latency_ms"],`,
      },
    ],
  },
  {
    name: "a queue without a bound",
    breaks: 8,
    engine: "embedded",
    crowds: ["rooms"],
    changes: [
      {
        file: "src/transport/websocket/mux.ts",
        text: "      const { data } = ws;\n",
        becomes: "      const { data } = ws;\n      kept.push(Buffer.alloc(512 * 1024, 1));\n",
      },
      {
        file: "src/transport/websocket/mux.ts",
        text: "  const counts = new Map<string, number>();\n",
        becomes: "  const counts = new Map<string, number>();\n  const kept: Buffer[] = [];\n",
      },
    ],
  },
  {
    name: "sockets that are never let go",
    breaks: 8,
    engine: "embedded",
    crowds: ["rooms", "video-chat"],
    changes: [
      {
        file: "src/transport/websocket/mux.ts",
        text: "(counts.get(ws.data.door.name) ?? 1) - 1",
        becomes: "counts.get(ws.data.door.name) ?? 1",
      },
    ],
  },
];

/** Bugs that take several nodes, and a fault. */
export const slowBugs: readonly PlantedBug[] = [
  {
    name: "questions between nodes that are heard as often as they come",
    breaks: 6,
    engine: "cluster",
    crowds: ["devices"],
    scale: 2,
    faults: [pausedServer(3_000)],
    afterMs: 4_000,
    changes: [
      {
        file: "src/core/cluster/hearing.ts",
        text: "if (number < this.#next) this.#again(number);",
        becomes: "if (number < this.#next) this.#hear(item, now + item.withinMs);",
      },
    ],
  },
  {
    name: "a claim in Redis that looks first and takes later",
    breaks: 1,
    engine: "cluster",
    crowds: ["host-pool"],
    scale: 3,
    changes: [
      {
        file: "src/adapters/redis/leases/claim.ts",
        text: "redis.call('SPOP', P .. ':free' .. name, count)",
        becomes: "redis.call('SRANDMEMBER', P .. ':free' .. name, count)",
      },
      {
        file: "src/adapters/redis/leases/claim.ts",
        text: "if state ~= 'idle'",
        becomes: "if not group",
      },
    ],
  },
];
