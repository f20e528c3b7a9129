import { DomainError } from "../../../core/errors/errors.ts";
import type { NodeReport } from "../overview/report.ts";
import { inPath, plain, type Source } from "../source.ts";
import type { Item } from "../wire.ts";

export interface NodeSourceDeps {
  readonly node: string;
  readonly faces: readonly string[];
  report(): Promise<NodeReport>;
  /** Begins the way down, once the answer has gone out. */
  drain(): void;
}

/** This node. */
export function nodeSource({ node, faces, report, drain }: NodeSourceDeps): Source {
  const show = async (): Promise<Item> => itemOf(await report(), faces);
  return {
    kind: "nodes",
    face: null,
    states: ["up", "draining"],
    isLocal: true,
    async page({ from, states, q }) {
      const item = await show();
      const isMeant =
        (from === null || item.id > from) && (states?.includes(item.state!) ?? true) && item.id.includes(q ?? "");
      return { items: isMeant ? [item] : [], next: null };
    },
    find: async (id) => (id === node ? { item: await show() } : null),
    async act(name, id) {
      if (name !== "drain" || id !== node) return null;
      if ((await report()).isDraining) throw new DomainError("action_refused", "It drains already.");
      drain();
      return `${id} takes nothing new, ends what it has, and stops.`;
    },
  };
}

function itemOf(
  { id, since, version, isDraining, rss, loopDelayMs, sockets }: NodeReport,
  faces: readonly string[],
): Item {
  return {
    ...plain,
    kind: "nodes",
    id,
    label: id,
    state: isDraining ? "draining" : "up",
    node: id,
    since,
    fields: { version, sockets, loopDelayMs, memoryBytes: rss, faces: faces.join(", ") },
    actions: isDraining
      ? []
      : [
          {
            name: "drain",
            label: "Drain node",
            question: `Drain ${id}? Its clients move to other nodes one by one, and then its process ends.`,
            path: `/admin/nodes/${inPath(id)}/drain`,
            body: {},
            confirm: id,
          },
        ],
  };
}
