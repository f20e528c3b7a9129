import type { RefusalCount } from "../overview/report.ts";
import { localPage, plain, type Source } from "../source.ts";
import type { Item } from "../wire.ts";

/** So much of a node's id tells it apart. */
const PREFIX = 8;

/** What this node has refused, and what has failed in it, by route and by code. */
export function refusalSource(read: () => Promise<readonly RefusalCount[]>, node: string): Source {
  const items = async (): Promise<ReadonlyMap<string, () => Item>> =>
    new Map((await read()).map((one) => itemOf(one, node)).map((item) => [item.id, () => item]));
  return {
    kind: "refusals",
    face: null,
    states: ["refused", "failed"],
    isLocal: true,
    page: async (query) => localPage(await items(), query),
    async find(id) {
      const item = (await items()).get(id)?.();
      return item === undefined ? null : { item };
    },
  };
}

function itemOf({ by, name, status, count, of, face }: RefusalCount, node: string): Item {
  return {
    ...plain,
    kind: "refusals",
    id: [node.slice(0, PREFIX), by, status, name, ...(by === "code" ? [of] : [])].join(" "),
    label: by === "route" ? `${status} ${name}` : name,
    state: status >= 500 ? "failed" : "refused",
    face,
    node,
    fields: { count, of, status, by },
    links: [{ as: "node", kind: "nodes", id: node }],
  };
}
