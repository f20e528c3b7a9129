import type { Action, Done, Found, Item, Kind, List, LiveEvents, ObjectView } from "../../src/faces/operator/wire.ts";
import { call, type Answer } from "./http.ts";

type Live = { [Name in keyof LiveEvents]: { readonly event: Name; readonly data: LiveEvents[Name] } }[keyof LiveEvents];

/** What watches a node, as the dashboard's page does. */
export interface Watch {
  /** The next event, whichever it is; null: the stream has ended. */
  next(): Promise<Live | null>;
  /** The first overview, or whatever else, that this is true of. */
  until<Name extends keyof LiveEvents>(
    event: Name,
    holds: (data: LiveEvents[Name]) => boolean,
  ): Promise<LiveEvents[Name]>;
  close(): Promise<void>;
}

/** An operator at one node. */
export interface OperatorClient {
  /** Whatever is answered. Paths begin behind `/admin`. */
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
  list(kind: Kind, query?: Readonly<Record<string, string | number>>): Promise<List>;
  /** Every page of it. */
  all(kind: Kind, query?: Readonly<Record<string, string | number>>): Promise<readonly Item[]>;
  get(kind: Kind, id: string): Promise<ObjectView>;
  search(text: string): Promise<Found["items"]>;
  /** Does what an object offers, as a page would. */
  act(item: Pick<Item, "id" | "actions">, name: Action["name"]): Promise<Done>;
  watch(): Promise<Watch>;
}

export function operatorClient(url: () => string, headers: Record<string, string> = {}): OperatorClient {
  const must = async (answer: Promise<Answer>): Promise<any> => {
    const { status, body } = await answer;
    if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return body;
  };
  const client: OperatorClient = {
    ask: (method, path, body) => call(method, `${url()}/admin${path}`, body, headers),
    list: (kind, query = {}) => must(client.ask("GET", `/${kind}?${asText(query)}`)),
    async all(kind, query = {}) {
      const items: Item[] = [];
      for (let cursor: string | null = ""; cursor !== null;) {
        const page: List = await client.list(kind, cursor === "" ? query : { ...query, cursor });
        items.push(...page.items);
        cursor = page.next;
      }
      return items;
    },
    get: (kind, id) => must(client.ask("GET", `/${kind}/${encodeURIComponent(id)}`)),
    search: async (text) => (await must(client.ask("GET", `/search?${asText({ q: text })}`))).items,
    act({ id, actions }, name) {
      const action = actions.find((one) => one.name === name);
      if (action === undefined) throw new Error(`${id} does not offer ${name}`);
      return must(call("POST", url() + action.path, { ...action.body, confirm: action.confirm }, headers));
    },
    watch: () => watch(`${url()}/admin/live`, headers),
  };
  return client;
}

function asText(query: Readonly<Record<string, string | number>>): string {
  return new URLSearchParams(Object.entries(query).map(([name, value]) => [name, `${value}`])).toString();
}

async function watch(url: string, headers: Record<string, string>): Promise<Watch> {
  const ending = new AbortController();
  const response = await fetch(url, { headers, signal: ending.signal });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const next = async (): Promise<Live | null> => {
    for (;;) {
      const end = rest.indexOf("\n\n");
      if (end === -1) {
        const { value, done } = await reader.read();
        if (done) return null;
        rest += value;
        continue;
      }
      const lines = rest.slice(0, end).split("\n");
      rest = rest.slice(end + 2);
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const [event, data] = [field("event"), field("data")];
      if (event !== undefined && data !== undefined) return { event, data: JSON.parse(data) } as Live;
    }
  };
  return {
    next,
    async until(event, holds) {
      for (;;) {
        const one = await next();
        if (one === null) throw new Error(`the stream ended before the ${event} that was waited for`);
        if (one.event === event && holds(one.data as never)) return one.data as never;
      }
    },
    async close() {
      ending.abort();
      await reader.cancel().catch(() => undefined);
    },
  };
}
