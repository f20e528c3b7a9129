import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { call } from "../support/http.ts";
import type { RunningServer } from "../support/server.ts";
import { bearer, sign } from "../support/tokens.ts";
import { oneNode, twoNodes, type TurnWorld } from "../support/turn-world.ts";

/** Somebody with a connect code, at a node. */
interface Player {
  readonly node: RunningServer;
  readonly token: string;
  readonly code: string;
}

let made = 0;

describe.each([
  ["one node", oneNode],
  ["two nodes", twoNodes],
] as const)("TURN credentials of the arena's players with AUTH_MODE=token, on %s", (_, start) => {
  let world: TurnWorld;
  let one: RunningServer;
  let two: RunningServer;
  let ann: Player;
  let ben: Player;

  beforeAll(async () => {
    world = await start();
    [one, two] = world.nodes;
  }, 60_000);
  afterAll(() => world.stop());

  const player = async (node: RunningServer, subject: string, code = `CODE#${++made}`): Promise<Player> => ({
    node,
    token: await sign({ scope: "client", player_id: code }, subject),
    code,
  });
  const ask = async ({ node, token }: Player, method: string, path: string, body?: unknown): Promise<any> => {
    const answer = await call(method, node.url + path, body, bearer(token));
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const join = (who: Player) => ask(who, "POST", "/queue/join", { connect_code: who.code });
  const poll = (who: Player, queueId: string) => ask(who, "GET", `/queue/${queueId}`);
  /** Who has them, as the nodes see it. */
  const given = async (...all: Player[]): Promise<readonly boolean[]> => {
    const asked = [one, two].map((node) =>
      Promise.all(all.map(({ token }) => call("GET", `${node.url}/api/ice-servers`, undefined, bearer(token)))),
    );
    const [seen, again] = await Promise.all(
      asked.map(async (answers) => (await answers).map(({ status }) => status === 200)),
    );
    expect(again!).toEqual(seen!);
    return seen!;
  };

  beforeEach(async () => {
    ann = await player(one, `ann ${++made}`);
    ben = await player(two, `ben ${made}`);
  });

  test("are given to both when each knows of the match, and to nobody before", async () => {
    const { queue_id } = await join(ann);
    expect(await given(ann, ben)).toEqual([false, false]);
    const { match_id } = await join(ben);
    expect(await given(ann, ben)).toEqual([false, true]);
    expect(await poll(ann, queue_id)).toMatchObject({ status: "matched", match_id });
    expect(await given(ann, ben)).toEqual([true, true]);
  });

  test("are given to one who polls at another node than it joined at", async () => {
    const { queue_id } = await join(ann);
    await join(ben);
    await poll({ ...ann, node: two }, queue_id);
    expect(await given(ann, ben)).toEqual([true, true]);
  });

  test("are there for one who hears of the match by an event when it hears of it", async () => {
    const { queue_id } = await join(ann);
    const events = await fetch(`${one.url}/queue/${queue_id}/events`, { headers: bearer(ann.token) });
    await join(ben);
    expect(await events.text()).toContain("event: matched\n");
    expect(await given(ann, ben)).toEqual([true, true]);
  });

  test("are given to nobody where two tokens of one subject meet, whatever they ask", async () => {
    const subject = `solo ${made}`;
    const [first, second] = [await player(one, subject), await player(two, subject)];
    const { queue_id } = await join(first);
    const met = await join(second);
    expect(met.opponent_code).toBe(first.code);
    for (let round = 0; round < 2; round++) {
      await poll(first, queue_id);
      await poll(second, met.queue_id);
      expect(await given(first, second)).toEqual([false, false]);
    }
    // Nor because an operator looks at the entries.
    const root = await sign({ scope: "admin" }, "root");
    for (const id of [queue_id, met.queue_id]) await poll({ ...first, token: root }, id);
    expect(await given(first, second)).toEqual([false, false]);
  });

  test("are given to two subjects one of whom has a token with both codes", async () => {
    const token = await sign({ scope: "client", player_id: [ann.code, ben.code] }, `ann of both ${made}`);
    const both = { ...ann, token };
    const { queue_id } = await join(both);
    await join(ben);
    await poll(both, queue_id);
    expect(await given(both, ben)).toEqual([true, true]);
  });
});
