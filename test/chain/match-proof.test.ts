import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CHAIN_ID, startAnvil, type RunningAnvil, type Wallet } from "../support/anvil.ts";
import { arenaClient, type ArenaClient } from "../support/arena-client.ts";
import { eventually } from "../support/eventually.ts";
import { startServer, type RunningServer } from "../support/server.ts";

let anvil: RunningAnvil;
let server: RunningServer;
let api: ArenaClient;
beforeAll(async () => {
  anvil = await startAnvil({ blockSeconds: 0.2 });
  server = await startServer({
    FACES: "arena",
    MATCH_PROOF: anvil.matchProof,
    WAGER_CONTRACT: anvil.wager,
    MONAD_RPC_URL: anvil.url,
  });
  api = arenaClient(() => server.url);
}, 20_000);
afterAll(async () => {
  await server.stop();
  await anvil.stop();
});

let players = 0;
const join = async (wallet: Wallet) => {
  const body = { connect_code: `ON#${players++}`, wallet_address: wallet.address };
  return (await api.post("/queue/join", body)).body;
};

/** Two wallets in a match that plays. */
async function play() {
  const [one, two] = [await anvil.wallet(), await anvil.wallet()];
  const first = await join(one);
  const second = await join(two);
  return { id: second.match_id as string, one, two, queueIds: [first.queue_id, second.queue_id] as const };
}

async function report({ id, queueIds }: Awaited<ReturnType<typeof play>>): Promise<void> {
  for (const [at, stocks_remaining] of [3, 1].entries()) {
    const body = { queue_id: queueIds[at], outcome: "COMPLETED", stocks_remaining };
    expect((await api.post(`/matches/${id}/result`, body)).status).toBe(200);
  }
}

/** Both sign what the API shows them; returns what the API says then, as the contract takes it. */
async function sign({ id, one, two }: Awaited<ReturnType<typeof play>>) {
  const { body: typed } = await api.get(`/matches/${id}/typed-data`);
  for (const wallet of [one, two]) {
    const body = { address: wallet.address, signature: await wallet.signTypedData(typed) };
    expect((await api.post(`/matches/${id}/signature`, body)).status).toBe(200);
  }
  const { body: signed } = await api.get(`/matches/${id}/signatures`);
  expect(signed.ready_for_submission).toBe(true);
  const { body: match } = await api.get(`/matches/${id}`);
  const signatureOf = (wallet: string) => signed.signatures.find(({ address }: any) => address === wallet).signature;
  const result = {
    ...typed.message,
    winner: match.winner_wallet,
    loser: match.loser_wallet,
    winnerScore: match.winner_score,
    loserScore: match.loser_score,
    timestamp: match.result_timestamp,
  };
  return [result, signatureOf(match.winner_wallet), signatureOf(match.loser_wallet)] as const;
}

describe("a MatchProof contract on a real chain", () => {
  test("records exactly what the API returned, signed by two wallets, once", async () => {
    const match = await play();
    await report(match);
    const [result, ...signatures] = await sign(match);
    expect((await api.get(`/matches/${match.id}/typed-data`)).body.domain).toEqual({
      name: "NoJohns",
      version: "1",
      chainId: CHAIN_ID,
      verifyingContract: anvil.matchProof,
    });
    await anvil.write(match.two, anvil.matchProof, "recordMatch", [result, ...signatures]);
    expect(await anvil.read(anvil.matchProof, "winnerOf", [result.matchId])).toBe(match.one.address);
    const again = anvil.write(match.one, anvil.matchProof, "recordMatch", [result, ...signatures]);
    expect(again).rejects.toThrow("AlreadyRecorded");
    await again.catch(() => undefined);
  }, 20_000);

  test("refuses any other result under the same signatures", async () => {
    const match = await play();
    await report(match);
    const [result, ofWinner, ofLoser] = await sign(match);
    const wrong: readonly (readonly [object, string, string])[] = [
      [{ ...result, winnerScore: 4 }, ofWinner, ofLoser],
      [{ ...result, timestamp: result.timestamp + 1 }, ofWinner, ofLoser],
      [{ ...result, winner: result.loser, loser: result.winner }, ofLoser, ofWinner],
      [{ ...result, matchId: `0x${"1".repeat(64)}` }, ofWinner, ofLoser],
      [result, ofLoser, ofWinner],
      [result, ofWinner, ofWinner],
    ];
    for (const args of wrong) {
      const refused = anvil.write(match.one, anvil.matchProof, "recordMatch", args);
      expect(refused).rejects.toThrow("NotSignedBy");
      await refused.catch(() => undefined);
    }
    await anvil.write(match.one, anvil.matchProof, "recordMatch", [result, ofWinner, ofLoser]);
  }, 20_000);
});

describe("a Wager contract on a real chain", () => {
  const AMOUNT = 10n ** 16n;
  let wagerIds = 0;
  const agree = async ({ id, one, two, queueIds }: Awaited<ReturnType<typeof play>>): Promise<number> => {
    const wager_id = wagerIds++;
    await anvil.write(one, anvil.wager, "proposeWager", [two.address, "melee"], AMOUNT);
    await anvil.write(two, anvil.wager, "acceptWager", [wager_id], AMOUNT);
    const [proposer, other] = queueIds;
    const terms = { queue_id: proposer, amount_wei: Number(AMOUNT), wager_id };
    expect((await api.post(`/matches/${id}/wager/propose`, terms)).status).toBe(200);
    expect((await api.post(`/matches/${id}/wager/accept`, { queue_id: other })).status).toBe(200);
    return wager_id;
  };
  const statusOf = async (id: string) => (await api.get(`/matches/${id}/wager`)).body.wager_status;

  test("settles the wager of the match that decided it, and of no other that names it", async () => {
    const match = await play();
    const wagerId = await agree(match);
    const stranger = await play();
    const claim = { queue_id: stranger.queueIds[0], amount_wei: 1, wager_id: wagerId };
    await api.post(`/matches/${stranger.id}/wager/propose`, claim);
    await api.post(`/matches/${stranger.id}/wager/accept`, { queue_id: stranger.queueIds[1] });
    await report(match);
    const [result, ...signatures] = await sign(match);
    await anvil.write(match.two, anvil.matchProof, "recordMatch", [result, ...signatures]);
    expect(await statusOf(match.id)).toBe("accepted");
    const before = await anvil.public.getBalance({ address: match.one.address });
    await anvil.write(match.two, anvil.wager, "settleWager", [wagerId, result.matchId]);
    expect((await anvil.public.getBalance({ address: match.one.address })) - before).toBe(2n * AMOUNT);
    await eventually("the wager is settled", async () => (await statusOf(match.id)) === "settled", 15_000);
    expect(await statusOf(stranger.id)).toBe("accepted");
  }, 40_000);
});
