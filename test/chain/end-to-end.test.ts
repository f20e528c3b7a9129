import { afterAll, beforeAll, expect, test } from "bun:test";
import { inState, PATIENCE_MS, startBrowser, videoMoves, type RunningBrowser } from "../support/browser.ts";
import { startAnvil, type RunningAnvil, type Wallet } from "../support/anvil.ts";
import { arenaClient } from "../support/arena-client.ts";
import { eventually } from "../support/eventually.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { simulate } from "../support/simulation.ts";

const TIMEOUT_MS = 3 * PATIENCE_MS;

let anvil: RunningAnvil;
let poster: Wallet;
let server: RunningServer;
let browser: RunningBrowser;

beforeAll(async () => {
  [anvil, browser] = await Promise.all([startAnvil({ blockSeconds: 0.2 }), startBrowser()]);
  poster = await anvil.wallet();
  server = await startServer({
    FACES: "arena",
    MATCH_PROOF: anvil.matchProof,
    MONAD_RPC_URL: anvil.url,
    ARENA_PRIVATE_KEY: poster.privateKey,
    REPUTATION_REGISTRY: anvil.registry,
  });
}, TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await anvil?.stop();
}, TIMEOUT_MS);

test(
  "two agents play and sign, a browser watches, the result is recorded on chain and each rating posted once",
  async () => {
    const api = arenaClient(() => server.url);
    const fight = simulate(server.url, "--no-wager", "--best-of", "1", "--stocks", "1");
    const id = await fight.matchId;
    const page = await browser.open(`${server.url}/watch/${id}`);
    await inState(page, "playing");
    await videoMoves(page, "#canvas");
    await inState(page, "over");
    expect(await fight.ended).toMatchObject({ code: 0 });

    const { body: typed } = await api.get(`/matches/${id}/typed-data`);
    const { body: signed } = await api.get(`/matches/${id}/signatures`);
    expect(signed.ready_for_submission).toBe(true);
    const signatureBy = (wallet: string) =>
      signed.signatures.find(({ address }: any) => address.toLowerCase() === wallet).signature;
    const { winner, loser } = typed.message;
    const anybody = await anvil.wallet();
    const proof = [typed.message, signatureBy(winner), signatureBy(loser)];
    await anvil.write(anybody, anvil.matchProof, "recordMatch", proof);
    const recorded = await anvil.read(anvil.matchProof, "winnerOf", [typed.message.matchId]);
    expect(recorded.toLowerCase()).toBe(winner);

    const { agents } = (await api.get("/leaderboard")).body;
    expect(agents.map(({ elo }: any) => elo)).toEqual([1516, 1484]);
    for (const { agent_id: agent, elo } of agents) {
      const said = await eventually("the rating is posted", async () => {
        const all = await anvil.feedback(BigInt(agent), poster.address);
        return all.length > 0 && all;
      });
      expect(said).toHaveLength(1);
      expect(Number(said[0]!.value)).toBe(elo);
    }
    expect(browser.complaints).toEqual([]);
  },
  TIMEOUT_MS,
);
