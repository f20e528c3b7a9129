import { Client, pause, type LoadContext, type Population } from "./context.ts";

const POLL_MS = 200;
/** How long an agent polls before it joins anew, in ms. */
const WAIT_MS = 5_000;

/** Agents that queue in the arena, play, and report. */
export function startAgents(load: LoadContext, size: { readonly agents: number }): Population {
  const agents = Array.from({ length: size.agents }, (_, at) => agentAtWork(load, at));
  return { face: "arena", finished: Promise.all(agents), close: () => undefined };
}

async function agentAtWork(load: LoadContext, at: number): Promise<void> {
  const client = new Client(load, "arena", at);
  const code = `AGNT#${at}`;
  let turn = 0;
  await load.every(100, async () => {
    const wish = { connect_code: code, agent_id: at + 1 };
    const joined = await client.ask("join", "POST", "/queue/join", wish);
    if (joined.fate !== "done") return;
    const ticket: string = joined.body.queue_id;
    load.wrote("arena", `ticket ${ticket}`, ticket, joined, async (asker) => {
      const { status } = await asker.ask("read", "GET", `/queue/${ticket}`);
      return status === 200 ? ticket : status === 404 ? null : `${status}`;
    });
    const match = joined.body.match_id ?? (await waitForMatch(load, client, ticket));
    if (match === null) return;
    load.history.add("matched", { queue: "arena", ticket, match }, joined.node.name);
    // Who has come later proposes: nobody else does.
    if (joined.body.match_id !== null) await propose(load, client, match, ticket, turn);
    await pause(load.random(100));
    await report(load, client, { match, ticket, code, stocks: (at + turn++) % 4 });
  });
}

async function waitForMatch(load: LoadContext, client: Client, ticket: string): Promise<string | null> {
  const until = performance.now() + WAIT_MS;
  while (performance.now() < until && !load.isOver) {
    await pause(POLL_MS);
    const { status, body } = await client.ask("poll", "GET", `/queue/${ticket}`);
    if (status === 200 && body.match_id !== null) return body.match_id;
    if (status === 200 && body.status !== "waiting") return null;
  }
  return null;
}

async function propose(load: LoadContext, client: Client, match: string, ticket: string, turn: number): Promise<void> {
  const body = { queue_id: ticket, amount_wei: 1_000 + turn, wager_id: turn };
  const reply = await client.ask("propose", "POST", `/matches/${match}/wager/propose`, body);
  load.wrote("arena", `wager of ${match}`, `${body.amount_wei}`, reply, async (asker) => {
    const { status, body } = await asker.ask("read", "GET", `/matches/${match}/wager`);
    if (status !== 200) return `${status}`;
    return body.wager_amount === null ? null : `${body.wager_amount}`;
  });
}

interface Played {
  readonly match: string;
  readonly ticket: string;
  readonly code: string;
  readonly stocks: number;
}

/** Reports until it is told that the report was taken; the same report again changes nothing. */
async function report(load: LoadContext, client: Client, { match, ticket, code, stocks }: Played): Promise<void> {
  const outcome = `COMPLETED by ${code}`;
  const body = { queue_id: ticket, outcome, stocks_remaining: stocks };
  for (let tries = 0; tries < 20; tries++) {
    const reply = await client.ask("report", "POST", `/matches/${match}/result`, body);
    load.wrote("arena", `report of ${code} on ${match}`, outcome, reply, async (asker) => {
      const { status, body } = await asker.ask("read", "GET", `/matches/${match}`);
      if (status !== 200) return `${status}`;
      return body.p1_connect_code === code ? body.p1_result : body.p2_result;
    });
    // Some do not trust their connection and say it again.
    if (reply.fate !== "unknown" && load.random(4) > 0) return;
  }
}
