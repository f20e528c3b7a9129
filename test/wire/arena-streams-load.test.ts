import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { arenaClient } from "../support/arena-client.ts";
import { eventually } from "../support/eventually.ts";
import { publisher, range } from "../support/match-stream.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { Guest, RawGuest } from "./rooms-client.ts";

/** What a process has used of a processor, in ms: Linux counts it in hundredths of a second. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** 40 frames in so long are 400 a second, several times what a game makes. */
const BATCH_MS = 100;

describe("a match that many watch", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ FACES: "arena" });
  });
  afterAll(() => server.stop());

  const open = async (id: string) => {
    const viewer = new Guest(`${server.wsUrl}/ws/match/${id}`);
    await new Promise((opened) => (viewer.socket.onopen = opened));
    return viewer;
  };
  const counted = (id: string, count: number) =>
    eventually(`${count} watch`, async () => {
      const answer = await arenaClient(() => server.url).get(`/matches/${id}/viewers`);
      return answer.body.viewers === count;
    });

  test("reaches one who keeps up, whatever 500 who do not read do", async () => {
    const { id } = await arenaClient(() => server.url).match();
    const agent = publisher(() => server, id);
    const stalled = Array.from({ length: 500 }, () => new RawGuest(`${server.wsUrl}/ws/match/${id}`));
    for (const one of stalled) one.stopReading();
    const fast = await open(id);
    await counted(id, 501);
    await agent.start();
    const delays: number[] = [];
    let last = -124;
    for (let batch = 0; batch < 60; batch++) {
      // A game goes at its own pace; one that sent as fast as it is answered would load the machine to its limit.
      const next = Bun.sleep(BATCH_MS);
      const began = performance.now();
      const numbers = range(last + 1, last + 40);
      await agent.frames(numbers);
      last += 40;
      for (let frame = await fast.frame(); frame["frame"] !== last; frame = await fast.frame())
        expect(frame.type).not.toBe("error");
      delays.push(performance.now() - began);
      await next;
    }
    delays.sort((a, b) => a - b);
    const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))![1]) / 1024;
    console.log(
      `beside 500 stalled viewers a batch of 40 frames is there in ${delays[30]!.toFixed(1)} ms, ` +
        `p95 ${delays[57]!.toFixed(1)} ms; the server has ${rss.toFixed(0)} MiB`,
    );
    expect(delays[57]!).toBeLessThan(1_000);
    await Promise.all(stalled.map((one) => one.reset()));
    await counted(id, 1);
    await fast.close();
  }, 120_000);

  /** Few are written to one by one, many are told at once. */
  test.each([
    [200, 100],
    [1_100, 20],
  ])(
    "costs %i viewers less than a tenth of a millisecond of CPU a frame, and each gets all of them",
    async (VIEWERS, BATCHES) => {
      const { id } = await arenaClient(() => server.url).match();
      const agent = publisher(() => server, id);
      const SIZE = 4;
      const viewers = await Promise.all(Array.from({ length: VIEWERS }, () => open(id)));
      await counted(id, VIEWERS);
      await agent.start();
      const before = cpuOf(server.pid);
      for (let batch = 0; batch < BATCHES; batch++) await agent.frames(range(batch * SIZE, batch * SIZE + SIZE - 1));
      await eventually("all have all", () => viewers.every((viewer) => viewer.unread() === BATCHES * SIZE + 1));
      const each = ((cpuOf(server.pid) - before) * 1_000) / (VIEWERS * BATCHES * SIZE);
      console.log(`fan-out: ${each.toFixed(2)} µs of CPU for each of ${VIEWERS * BATCHES * SIZE} delivered frames`);
      expect(each).toBeLessThan(100);
      await Promise.all(viewers.map((viewer) => viewer.close()));
    },
    120_000,
  );

  test("a viewer with more unsent than VIEWER_BUFFER_BYTES is closed, and the others go on", async () => {
    const small = await startServer({ FACES: "arena", VIEWER_BUFFER_BYTES: "4096" });
    try {
      const api = arenaClient(() => small.url);
      const { id } = await api.match();
      const agent = publisher(() => small, id);
      const watching = async () => (await api.get(`/matches/${id}/viewers`)).body.viewers;
      const stalled = new RawGuest(`${small.wsUrl}/ws/match/${id}`);
      stalled.stopReading();
      const fast = new Guest(`${small.wsUrl}/ws/match/${id}`);
      await eventually("both watch", async () => (await watching()) === 2);
      let last = -124;
      await eventually("one is closed", async () => {
        await agent.frames(range(last + 1, last + 100));
        last += 100;
        // Who reads must not fall behind for want of a turn.
        for (let frame = await fast.frame(); frame["frame"] !== last;) frame = await fast.frame();
        return (await watching()) === 1;
      });
      stalled.readOn();
      expect((await stalled.closed()).code).toBe(1006);
      await fast.close();
    } finally {
      await small.stop();
    }
  }, 60_000);
});
