import { expect, test } from "bun:test";
import type { Census } from "../showcase.ts";
import { Censuses } from "./censuses.ts";
import { samplesOf, type Slice } from "./history.ts";

/** Who serves what; the lower id speaks for both where two do. */
const serving: Readonly<Record<string, readonly string[]>> = { arena: ["a", "b"], "host-pool": ["b"] };

const told: Readonly<Record<string, Census>> = {
  arena: { matches: [{ face: "arena", state: "playing", count: 3 }], live: 1 },
  "host-pool": { hosts: [{ face: "host-pool", region: "eu", state: "idle", count: 7 }] },
};

function censusesOf(node: string, faces: readonly string[]): Censuses {
  const censuses = new Map(faces.map((face) => [face, async () => told[face]!] as const));
  const membership = { node, serving: (face: string) => serving[face] ?? [] };
  return new Censuses({
    showcase: { censuses },
    membership,
    failed(error) {
      throw error;
    },
  });
}

async function sliceOf(censuses: Censuses, isMeant = (face: string) => censuses.isFirst(face)): Promise<Slice> {
  const traffic = { ...{ requests: 0, messages: 0, refusals: 0, errors: 0 }, bounds: [], overall: [], byFace: {} };
  const numbers = { devices: 0, users: 0, rooms: 0, peers: 0, viewers: 0 };
  const census = await censuses.read(isMeant);
  return { at: 0, traffic: { ...traffic, seconds: 5 }, sockets: 0, loopDelayMs: 0, numbers, census };
}

test("nodes that serve different faces tell each its own, and what two of them serve counts once", async () => {
  const [a, b] = [censusesOf("a", ["arena"]), censusesOf("b", ["arena", "host-pool"])];
  const slices = [await sliceOf(a), await sliceOf(b)];
  expect(slices.map(({ census }) => Object.keys(census))).toEqual([["arena"], ["host-pool"]]);
  expect(samplesOf(slices)).toMatchObject([{ matches: 3, hosts: { idle: 7 } }]);
  // For a moment both may take themselves for the first.
  const both = [await sliceOf(a, () => true), await sliceOf(b, () => true)];
  expect(samplesOf(both)).toMatchObject([{ matches: 3, hosts: { idle: 7 } }]);
});
