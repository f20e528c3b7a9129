import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { privateKeyToAccount } from "viem/accounts";
import { evmSigners } from "../../adapters/evm/signers.ts";
import { sqliteRecords, type TestRecords } from "../../../test/support/records.ts";
import type { Contender } from "../../ports/contender.ts";
import { Matches } from "../matches/matches.ts";
import { Signatures } from "./signatures.ts";

const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const proof = { chainId: 10143, contract: "0x1cc748475f1f666017771fb49131708446b9f3df" };
const wallets = [1, 2, 3].map((digit) => privateKeyToAccount(`0x${`${digit}`.repeat(64)}`)) as [any, any, any];
const [one, two, stranger] = wallets;

describe("signatures under a match's result", () => {
  let records: TestRecords;
  let matches: Matches;
  let signatures: Signatures;
  beforeEach(async () => {
    records = await sqliteRecords();
    matches = new Matches({ ...records, ratesUnsigned: false });
    signatures = new Signatures({ ...records, proof, signers: evmSigners });
  });
  afterEach(() => records.close());

  const play = async (id = "m", more: readonly Partial<Contender>[] = []): Promise<string> => {
    for (const [at, wallet] of [one.address, two.address].entries()) {
      const contender = { connectCode: `${id}${at}`, fighterName: null, wallet, agentId: BigInt(at), ...more[at] };
      await records.queue.join({ ...contender, queueId: `${id}-${at}`, matchId: id }, records.clock.now(), 0);
    }
    return id;
  };
  const end = async (id: string, stocks: readonly [number, number] = [3, 0]): Promise<string> => {
    for (const at of [0, 1]) {
      const report = { outcome: "done", durationSeconds: null, stocksRemaining: stocks[at]!, opponentStocks: null };
      await matches.report(id, `${id}-${at}`, report);
    }
    return id;
  };
  const played = async (id = "m", more: readonly Partial<Contender>[] = []) => end(await play(id, more));
  const sign = async (id: string, wallet = one): Promise<string> =>
    wallet.signTypedData(await signatures.typedData(id));
  const refused = (why: RegExp | string) => expect.objectContaining({ code: "signature_refused", message: why });
  const submit = (id: string, address: string, signature: string): Promise<unknown> =>
    signatures.submit(id, address, signature).catch((error: unknown) => error);

  test("the message is the one that the contract checks", async () => {
    const { message, domain } = await signatures.typedData(await played());
    expect(domain).toEqual({ name: "NoJohns", version: "1", chainId: 10143, verifyingContract: proof.contract });
    expect(message).toEqual({
      matchId: "0x62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a",
      winner: one.address.toLowerCase(),
      loser: two.address.toLowerCase(),
      gameId: "melee",
      winnerScore: 3,
      loserScore: 0,
      replayHash: `0x${"0".repeat(64)}`,
      timestamp: Math.floor(records.clock.now() / 1000),
    });
  });

  test("one of each side makes a match ready, and rates both agents once", async () => {
    const id = await played();
    const [first, second] = [await sign(id), await sign(id, two)];
    expect(await signatures.submit(id, one.address, first)).toMatchObject({ ready: false });
    expect(await signatures.submit(id, one.address, first)).toMatchObject({ ready: false });
    expect(await records.ratings.find(0n)).toBeNull();
    const bare = second.slice(2).toUpperCase();
    const both = await Promise.all([1, 2, 3].map(() => signatures.submit(id, two.address.toLowerCase(), bare)));
    expect(both.map(({ ready }) => ready)).toEqual([true, true, true]);
    const { signatures: kept } = await signatures.list(id);
    expect(kept.map(({ signature }) => signature)).toEqual([first, bare]);
    expect([(await records.ratings.find(0n))!.elo, (await records.ratings.find(1n))!.elo]).toEqual([1516, 1484]);
    expect((await records.ratings.find(0n))!.matches).toBe(1);
  });

  test("both at once: ready and rated all the same", async () => {
    const id = await played();
    const made = await Promise.all([one, two].map(async (wallet) => [wallet.address, await sign(id, wallet)]));
    await Promise.all(made.map(([address, signature]) => signatures.submit(id, address, signature)));
    expect(await signatures.list(id)).toMatchObject({ ready: true });
    expect((await records.ratings.find(1n))!.matches).toBe(1);
  });

  test("what is malformed is refused with the reason", async () => {
    const id = await played();
    const good = await sign(id);
    const s = BigInt(`0x${good.slice(66, 130)}`);
    const [r, v] = [good.slice(0, 66), good.slice(130)];
    const high = `${r}${(CURVE_ORDER - s).toString(16).padStart(64, "0")}${v === "1b" ? "1c" : "1b"}`;
    for (const [signature, why] of [
      ["", "0 bytes"],
      ["0x", "0 bytes"],
      ["0xzz", "not hexadecimal"],
      [`0X${good.slice(2)}`, "prefix is 0X"],
      [good.slice(0, -2), "64 bytes"],
      [`${good}00`, "66 bytes"],
      [`${good.slice(0, 130)}00`, "v is 0"],
      [`${good.slice(0, 130)}1d`, "v is 29"],
      [high, "upper half"],
      [`0x${"0".repeat(64)}${good.slice(66)}`, "out of range"],
      [`0x${"f".repeat(64)}${good.slice(66)}`, "out of range"],
    ] as const) {
      expect(await submit(id, one.address, signature)).toEqual(refused(expect.stringContaining(why) as never));
    }
    expect(await submit(id, "0x12", good)).toEqual(refused(expect.stringContaining("malformed") as never));
    const shouted = one.address.replace("0x", "0X");
    expect(await submit(id, shouted, good)).toEqual(refused(expect.stringContaining("prefix is 0X") as never));
    expect((await signatures.list(id)).signatures).toEqual([]);
  });

  test("only participants sign, and only for themselves and for this very match", async () => {
    const [id, other] = [await played("m"), await played("n")];
    const bad = expect.stringContaining("not one of this address") as never;
    expect(await submit(id, one.address, await sign(id, two))).toEqual(refused(bad));
    expect(await submit(id, one.address, await sign(other))).toEqual(refused(bad));
    const alien = await stranger.signTypedData(await signatures.typedData(id));
    expect(await submit(id, stranger.address, alien)).toEqual(refused(expect.stringContaining("participant") as never));
    // r of no point of the curve.
    const nowhere = `0x${"0".repeat(63)}5${"0".repeat(63)}11b`;
    expect(await submit(id, one.address, nowhere)).toEqual(refused(bad));
  });

  test("there is nothing to sign before the end, in a draw, or without wallets", async () => {
    const playing = await play("playing");
    const draw = await end(await play("draw"), [2, 2]);
    const poor = await played("poor", [{ wallet: null }]);
    const odd = await played("odd", [{ wallet: "0x..." }]);
    const good = await sign(await played());
    for (const [id, why] of [
      [playing, "not completed"],
      [draw, "draw"],
      [poor, "wallet"],
      [odd, "wallet"],
    ] as const) {
      expect(await submit(id, one.address, good)).toEqual(refused(expect.stringContaining(why) as never));
      expect(await signatures.typedData(id).catch((error: unknown) => error)).toEqual(
        refused(expect.stringContaining(why) as never),
      );
    }
    expect(await submit("unknown", one.address, good)).toMatchObject({ code: "match_not_found" });
  });

  test("one wallet, or one agent, on both sides: never ready, never rated", async () => {
    const same = await played("same", [{}, { wallet: one.address.toLowerCase() }]);
    await signatures.submit(same, one.address, await sign(same));
    const twin = await played("twin", [{ agentId: 7n }, { agentId: 7n }]);
    for (const wallet of [one, two]) await signatures.submit(twin, wallet.address, await sign(twin, wallet));
    for (const id of [same, twin]) expect(await signatures.list(id)).toMatchObject({ ready: false });
    expect(await records.ratings.leaderboard({ limit: 10, offset: 0 })).toEqual([]);
  });

  test("unchecked: anything is kept, one of each address, and the end alone rates, draws too", async () => {
    matches = new Matches({ ...records, ratesUnsigned: true });
    signatures = new Signatures({ ...records, proof, signers: null });
    const id = await played("m", [{ wallet: null }, { wallet: null }]);
    expect((await records.ratings.find(0n))!.elo).toBe(1516);
    expect(await signatures.submit(id, "alice", "x")).toMatchObject({ ready: false });
    expect(await signatures.submit(id, "ALICE", "y")).toMatchObject({ ready: false });
    expect(await signatures.submit(id, "bob", "z")).toMatchObject({ ready: true });
    expect(await submit(id, "carol", "z")).toEqual(refused(expect.stringContaining("Both") as never));
    const draw = await end(await play("draw"), [2, 2]);
    expect(await submit(draw, "alice", "x")).toEqual(refused(expect.stringContaining("draw") as never));
    expect((await records.ratings.find(0n))!).toMatchObject({ matches: 2, draws: 1 });
  });

  test("unchecked: one wallet on both sides is one however it is written, and a wallet of blanks is none", async () => {
    matches = new Matches({ ...records, ratesUnsigned: true });
    signatures = new Signatures({ ...records, proof, signers: null });
    const bare: string = one.address.slice(2);
    for (const [at, wallet] of [bare, bare.toUpperCase(), `${one.address} `, ` 0X${bare}`].entries()) {
      const id = await played(`same${at}`, [{}, { wallet }]);
      await signatures.submit(id, one.address, "x");
      expect(await submit(id, bare, "y")).toMatchObject({ ready: false, signatures: [{ signature: "x" }] });
    }
    expect(await records.ratings.find(0n)).toBeNull();
    const blank = await played("blank", [{ wallet: "" }, { wallet: " " }]);
    expect((await records.ratings.find(0n))!.matches).toBe(1);
    await signatures.submit(blank, "alice", "x");
    expect(await signatures.submit(blank, "bob", "y")).toMatchObject({ ready: true });
  });

  test("unchecked: the place of a side that has named its wallet is kept for that wallet", async () => {
    signatures = new Signatures({ ...records, proof, signers: null });
    const outsider = refused(expect.stringContaining("participant") as never);
    const known = await played("known");
    expect(await submit(known, stranger.address, "x")).toEqual(outsider);
    await signatures.submit(known, two.address.slice(2), "x");
    expect(await submit(known, "alice", "x")).toEqual(outsider);
    expect(await signatures.submit(known, one.address, "x")).toMatchObject({ ready: true });
    const half = await played("half", [{ wallet: null }]);
    await signatures.submit(half, "alice", "x");
    expect(await submit(half, "bob", "x")).toEqual(outsider);
    expect(await signatures.submit(half, two.address, "x")).toMatchObject({ ready: true });
  });
});
