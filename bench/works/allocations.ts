import { join } from "node:path";
import { startContender, startOurs } from "../harness/contender.ts";
import { createHeapCount, type HeapCount } from "../harness/heap.ts";
import { inRounds, type Samples } from "../harness/rounds.ts";
import type { Row, Work } from "../harness/work.ts";
import { serial, sideBySide, type PlainRequest } from "../load/serial.ts";
import { pingPong } from "../load/relay-serial.ts";

const limit = join(import.meta.dir, "../limits/json-route.ts");

/** Operations counted in a round: enough that a block of the heap more or less is nothing. */
const EACH = 1_000;

/** Operations before anything is counted: compiled code allocates less than interpreted code. */
const WARM_UP = 8_000;

/** Wide, and counted all the same. */
const BUDGETS = "heartbeat=address:1000000/1s; find=address:1000000/1s; turn=address:1000000/1s";

const settings = {
  FACES: "host-pool,devices",
  BUDGETS,
  RATE_LIMIT_PER_MINUTE: "0",
  SOCKET_MESSAGES_PER_SECOND: "1000000",
  // Nothing lapses while it is measured.
  HOST_LEASE_SECONDS: "3600",
  ALLOCATION_SECONDS: "3600",
};

/**
 * What an operation allocates: the second, quieter gauge. Allocations are what a server's time goes to besides the
 * system's, and unlike time they are the same on any machine, at any load, to a tenth of a percent.
 */
export const allocations: Work = {
  name: "allocations",
  title: "Bytes allocated an operation, embedded",
  needs: ["taskset"],
  async measure({ rounds }) {
    const [heap, bareHeap] = [createHeapCount("ours"), createHeapCount("bare")];
    const [ours, bare] = await Promise.all([
      startOurs({ ...settings, ...heap.env }),
      startContender([process.execPath, limit], { env: bareHeap.env }),
    ]);
    try {
      let host = 0;
      const find: PlainRequest = { path: "/api/match/find", body: {} };
      const relay = await pingPong(ours);
      const barePort = Number(new URL(bare.url).port);
      // A host for each find, besides which these compile what takes beats.
      const hosts = WARM_UP + (rounds + 1) * EACH;
      await sideBySide(
        ours.port,
        Array.from({ length: hosts }, () => beat(host++)),
      );
      await sideBySide(ours.port, times(WARM_UP, find));
      await sideBySide(barePort, times(WARM_UP, beat(0)));
      await relay.send(WARM_UP);
      const beats = Array.from({ length: EACH }, (_, at) => beat(hosts - EACH + at));
      const samples = await inRounds(rounds, {
        beat: () => bytesEach(heap, ours.pid, () => serial(ours.port, beats)),
        bareBeat: () => bytesEach(bareHeap, bare.pid, () => serial(barePort, beats)),
        find: () => bytesEach(heap, ours.pid, () => serial(ours.port, times(EACH, find))),
        relay: () => bytesEach(heap, ours.pid, () => relay.send(EACH)),
      });
      relay.close();
      return rowsOf(samples);
    } finally {
      await Promise.all([ours.stop("SIGKILL"), bare.stop()]);
    }
  },
};

function beat(host: number): PlainRequest {
  const body = { hostId: `host-${host}`, roomId: `room-${host}`, region: "local", status: "idle" };
  return { path: "/api/host/heartbeat", body };
}

function times(count: number, request: PlainRequest): PlainRequest[] {
  return Array.from({ length: count }, () => request);
}

/** Of a process that does nothing else. */
async function bytesEach(heap: HeapCount, pid: number, operations: () => Promise<unknown>) {
  const before = await heap.allocated(pid);
  await operations();
  return { bytes: ((await heap.allocated(pid)) - before) / EACH };
}

function rowsOf(samples: Samples<"beat" | "bareBeat" | "find" | "relay">): Row[] {
  const bytes = (who: "beat" | "bareBeat" | "find" | "relay") => samples.of(who, "bytes");
  // Nothing here depends on how fast the load is.
  const count = { unit: "bytes", isCount: true, generator: 0 } as const;
  return [
    {
      ...count,
      what: "heartbeat",
      ours: bytes("beat"),
      against: [{ name: "bare Bun route", kind: "limit", samples: bytes("bareBeat") }],
    },
    { ...count, what: "find", ours: bytes("find"), against: [] },
    { ...count, what: "devices relay, 1.2 KB", ours: bytes("relay"), against: [] },
  ];
}
