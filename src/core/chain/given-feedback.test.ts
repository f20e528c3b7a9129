import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { aContender } from "../../../test/support/examples.ts";
import { sqliteRecords, type TestRecords } from "../../../test/support/records.ts";
import { ChainUnavailable, type Chain, type Feedback } from "../../ports/chain.ts";
import { feedbackOf } from "./feedback.ts";
import { GivenFeedback } from "./given-feedback.ts";

const PLACE = { chainId: 10143, registry: "0xr", signer: "0xa" };
const NOW = 1_000_000;

let records: TestRecords;
/** The chain: its newest block, what was given in which block, and what was read. */
let newest: number;
let given: Map<number, Feedback>;
let read: [number, number][];
let failing: boolean;
beforeEach(async () => {
  records = await sqliteRecords();
  newest = 10_000;
  given = new Map();
  read = [];
  failing = false;
});
afterEach(() => records.close());

const hashOf = ({ document }: Feedback): string => `0x${document}`;
const chain = {
  hashOf,
  blockBefore: async () => 1,
  async feedbackBy(_, from, upTo) {
    if (failing) throw new ChainUnavailable("it is away");
    const to = upTo === "newest" ? newest : upTo;
    read.push([from, to]);
    const within = [...given].filter(([block]) => from <= block && block <= to);
    return within.map(([, feedback]) => ({ agentId: feedback.agentId, hash: hashOf(feedback) }));
  },
} satisfies Partial<Chain> as Partial<Chain> as Chain;

async function rate(id: string, agents: readonly [bigint, bigint]): Promise<void> {
  for (const [at, agentId] of agents.entries()) {
    const contender = { ...aContender(`${id}-${at}`, { agentId }), queueId: `${id}-q${at}`, matchId: id };
    await records.queue.join(contender, 0, -1);
  }
  const rating = { rate: () => ({ p1: 1516, p2: 1484 }), initial: 1500, at: 7, posted: true };
  await records.matches.change(id, () => ({ rating }));
}
const oldest = async () => (await records.feedback.next(PLACE.chainId))!;
const has = async (node = new GivenFeedback({ outbox: records.feedback, chain })) =>
  node.has(await oldest(), PLACE, newest, NOW);
/** Asks until it is known. */
async function known(): Promise<boolean> {
  for (;;) {
    const found = await has();
    if (found !== "unknown") return found;
  }
}
const blocks = (): number => read.reduce((sum, [from, to]) => sum + to - from + 1, 0);

describe("feedback that is on the chain already", () => {
  test("is looked for in each block once, but for the newest, however many ratings wait", async () => {
    await rate("one", [1n, 2n]);
    for (let rating = 0; rating < 5; rating++) expect(await known()).toBe(false);
    expect(blocks()).toBeLessThan(12_500);
    read = [];
    newest += 50;
    expect(await known()).toBe(false);
    expect(blocks()).toBeLessThan(200);
  });

  test("is confirmed on the way, in whatever order it was given", async () => {
    await rate("one", [1n, 2n]);
    const first = await oldest();
    const [second] = await records.feedback.unposted(PLACE.chainId, 2n);
    given.set(4_000, feedbackOf(second!));
    expect(await known()).toBe(false);
    expect(await records.feedback.unposted(PLACE.chainId, 2n)).toEqual([]);
    given.set(10_001, feedbackOf(first));
    newest = 10_001;
    expect(await known()).toBe(true);
  });

  test("is looked for from where it was, after a call that failed", async () => {
    await rate("one", [1n, 2n]);
    expect([await has(), await has()]).toEqual(["unknown", "unknown"]);
    failing = true;
    const away = has();
    expect(away).rejects.toThrow("it is away");
    await away.catch(() => undefined);
    failing = false;
    await has();
    expect(read).toEqual([
      [1, 1_000],
      [901, 1_900],
      [1_801, 2_800],
    ]);
  });

  test("is not passed while another node changes its rating", async () => {
    await rate("one", [1n, 2n]);
    given.set(500, feedbackOf(await oldest()));
    const { unposted } = records.feedback;
    const outbox = {
      ...records.feedback,
      async unposted(...of: Parameters<typeof unposted>) {
        const found = await unposted(...of);
        const transaction = { signer: PLACE.signer, nonce: 1, hash: "0x1", raw: "0x2" };
        await records.feedback.advance(found[0]!, { state: "signed", transaction }, PLACE.chainId, NOW);
        return found;
      },
    };
    expect(await has(new GivenFeedback({ outbox, chain }))).toBe("unknown");
    expect(await records.feedback.nextBlock(PLACE)).toBeNull();
    await has();
    expect(await records.feedback.unposted(PLACE.chainId, 1n)).toEqual([]);
  });
});
