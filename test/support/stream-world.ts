import { expect } from "bun:test";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { Queue } from "../../src/core/matches/queue.ts";
import { aContender } from "./examples.ts";
import { sqliteRecords } from "./records.ts";
import { sharedStreams, streamsOn, type StreamNode } from "./stream-nodes.ts";

export type StreamWorld = Awaited<ReturnType<typeof startStreamWorld>>;

/** Nodes that stream over one store, and a match that plays. */
export async function startStreamWorld() {
  const records = await sqliteRecords();
  const queue = new Queue({ ...records, random: systemRandom, onLeft: () => undefined });
  await queue.join(aContender("A"));
  const match = (await queue.join(aContender("B"))).match!.id;
  const failures: unknown[] = [];
  const running: StreamNode[] = [];
  return {
    records,
    match,
    /** What the nodes could not do; none may be left at the end. */
    failures,
    running,
    /** What nodes that start from now on share. */
    shared: sharedStreams(records),
    node(name: string): StreamNode {
      const made = streamsOn(records, { node: name, shared: this.shared, failed: (error) => failures.push(error) });
      running.push(made);
      return made;
    },
    advance: (ms: number) => records.clock.advance(ms),
    frames: (by: StreamNode, ...numbers: readonly number[]) =>
      by.streams.frames(
        match,
        numbers.map((number) => ({ number, text: `f${number}` })),
      ),
    async stop(): Promise<void> {
      for (const { recorder, counts } of running) {
        counts.stop();
        await recorder.stop();
      }
      await records.close();
      expect(failures).toEqual([]);
    },
  };
}
