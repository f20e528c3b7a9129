import { afterAll, beforeAll, expect, test } from "bun:test";
import { rendezvous } from "../support/cli.ts";
import { freePort } from "../support/free-port.ts";
import { call } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { simulate } from "../support/simulation.ts";

const TIMEOUT_MS = 60_000;
/** Much faster than a game, so that a match takes a second or two. */
const FAST = ["--fps", "1200", "--best-of", "3", "--stocks", "1"];

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server?.stop();
});

test(
  "many matches at once are all played, signed and rated, by players who come again and again",
  async () => {
    const { code, stdout, stderr } = await simulate(server.url, "--matches", "6", "--at-once", "3", ...FAST).ended;
    const { matches, problems } = JSON.parse(stdout);
    expect({ code, problems, stderr: stderr.split("\n").length }).toMatchObject({ code: 0, problems: [] });
    expect(matches).toHaveLength(6);
    for (const { match_id, signed, wager_status, final_score } of matches) {
      expect([signed, wager_status, Math.max(...final_score)]).toEqual([true, "accepted", 2]);
      const { body } = await call("GET", `${server.url}/matches/${match_id}`);
      expect([body.status, body.winner_score]).toEqual(["completed", 1]);
    }
    const { agents } = (await call("GET", `${server.url}/leaderboard`)).body;
    const played = agents.reduce((sum: number, agent: { readonly matches: number }) => sum + agent.matches, 0);
    expect(played).toBe(12);
  },
  TIMEOUT_MS,
);

test(
  "a seed makes the same match again",
  async () => {
    const play = async () => {
      const { stdout } = await simulate(server.url, "--seed", "again", "--no-wager", ...FAST).ended;
      const [{ winner_port, final_score, wager_status }] = JSON.parse(stdout).matches;
      return { winner_port, final_score, wager_status };
    };
    const first = await play();
    expect(first.wager_status).toBeNull();
    expect(await play()).toEqual(first);
  },
  TIMEOUT_MS,
);

test(
  "an agent that is told to stop while it waits leaves the queue",
  async () => {
    // Everybody else has gone: of an odd one out, nobody comes.
    const { body } = await call("POST", `${server.url}/queue/join`, { connect_code: "STRANGER#1" });
    const simulation = simulate(server.url, "--best-of", "9");
    await simulation.matchId;
    simulation.interrupt();
    const { code } = await simulation.ended;
    expect(code).toBe(0);
    await call("DELETE", `${server.url}/queue/${body.queue_id}`);
    expect((await call("GET", `${server.url}/health`)).body.queue_size).toBe(0);
  },
  TIMEOUT_MS,
);

test(
  "an arena that is not there is told in a sentence, with exit code 1",
  async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { code, stderr } = await rendezvous(["simulate", "arena", "--url", url]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${url} does not answer`)]);
  },
  TIMEOUT_MS,
);

test(
  "a call that makes no sense is refused with exit code 2, and says what would",
  async () => {
    for (const [args, words] of [
      [["simulate", "weather"], "there are host-pool, coordinator, devices, arena, video-chat"],
      [["simulate", "--matches", "2"], "is about single matches"],
      [["simulate", "arena", "--matches", "2", "--rate", "3"], "give one of them"],
      [["simulate", "--rate", "0"], "--rate must be a number above 0"],
      [["demo", "--url", "http://127.0.0.1:1"], "--url belongs to the command simulate, not to demo"],
      [["simulate", "arena", "--best-of", "2"], "odd"],
      [["simulate", "arena", "--matches", "many"], "--matches must be a whole number"],
      [["simulate", "arena", "--url", "here"], "--url must be a URL"],
      [["serve", "--seed", "1"], "belongs to the commands simulate and demo, not to serve"],
    ] as const) {
      const { code, stderr } = await rendezvous(args);
      expect([args, code, stderr]).toEqual([args, 2, expect.stringContaining(words)]);
    }
  },
  TIMEOUT_MS,
);
