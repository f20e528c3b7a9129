import { privateKeyToAccount } from "viem/accounts";
import { call, type Answer } from "./http.ts";

/** Someone who plays in the arena. */
export interface Fighter {
  readonly code: string;
  readonly address: string;
  queueId: string;
  sign(typedData: any): Promise<string>;
}

export interface ArenaClient {
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  /** Joins with a connect code of its own and a wallet; keeps the queue id. */
  join(fighter: Fighter, more?: object): Promise<any>;
  /** Two new fighters in a match: p1 waited, p2 came. */
  match(more?: readonly [object, object]): Promise<{ id: string; p1: Fighter; p2: Fighter }>;
  /** Both report; p1 with the first number of stocks. */
  end(match: { id: string; p1: Fighter; p2: Fighter }, stocks?: readonly [number, number]): Promise<void>;
}

let fighters = 0;

export function aFighter(code = `CODE#${process.pid}-${fighters}`): Fighter {
  const account = privateKeyToAccount(`0x${(++fighters).toString(16).padStart(64, "1")}`);
  return { code, address: account.address, queueId: "", sign: (typedData) => account.signTypedData(typedData) };
}

export function arenaClient(base: () => string): ArenaClient {
  const client: ArenaClient = {
    get: (path) => call("GET", base() + path),
    post: (path, body) => call("POST", base() + path, body),
    delete: (path) => call("DELETE", base() + path),
    async join(fighter, more = {}) {
      const body = { connect_code: fighter.code, wallet_address: fighter.address, ...more };
      const answer = await client.post("/queue/join", body);
      if (answer.status !== 200) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
      fighter.queueId = answer.body.queue_id;
      return answer.body;
    },
    async match(more = [{}, {}]) {
      const [p1, p2] = [aFighter(), aFighter()];
      await client.join(p1, more[0]);
      const { match_id: id } = await client.join(p2, more[1]);
      return { id, p1, p2 };
    },
    async end({ id, p1, p2 }, stocks = [3, 0]) {
      for (const [at, fighter] of [p1, p2].entries()) {
        const body = { queue_id: fighter.queueId, outcome: "COMPLETED", stocks_remaining: stocks[at] };
        const { status } = await client.post(`/matches/${id}/result`, body);
        if (status !== 200) throw new Error(`a report was answered ${status}`);
      }
    },
  };
  return client;
}

/** An event of a stream. */
export interface StreamedEvent {
  readonly event: string;
  readonly data: any;
}

/** Listens to server-sent events: `next` waits for one, null at the end of the stream. */
export async function eventStream(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const next = async (): Promise<StreamedEvent | null> => {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end >= 0) {
        const lines = text.slice(0, end).split("\n");
        text = text.slice(end + 2);
        const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
        if (field("event") !== undefined) return { event: field("event")!, data: JSON.parse(field("data")!) };
        continue;
      }
      const { done, value } = await reader.read();
      if (done) return null;
      text += value;
    }
  };
  return { response, next, cancel: () => reader.cancel() };
}
