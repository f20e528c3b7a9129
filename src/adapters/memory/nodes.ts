import type { Clock } from "../../ports/clock.ts";
import type { ClusterNode, Nodes } from "../../ports/nodes.ts";

/** The nodes of one process: itself, and in tests as many as are asked for. */
export function createMemoryNodes(clock: Clock): Nodes {
  const nodes = new Map<string, { readonly node: ClusterNode; readonly expiresAt: number }>();
  const isLive = (id: string): boolean => (nodes.get(id)?.expiresAt ?? 0) > clock.now();
  return {
    async beat(node, ttlMs) {
      const wasLive = isLive(node.id);
      nodes.set(node.id, { node, expiresAt: clock.now() + ttlMs });
      return { wasLive };
    },
    async live() {
      return [...nodes.values()].map(({ node }) => node).filter(({ id }) => isLive(id));
    },
    async dead() {
      return [...nodes.values()].map(({ node }) => node).filter(({ id }) => !isLive(id));
    },
    async forget(id) {
      return !isLive(id) && nodes.delete(id);
    },
    async amend(id, from, to) {
      const found = nodes.get(id);
      if (found === undefined || isLive(id) || found.node.value !== from) return false;
      nodes.set(id, { ...found, node: { id, value: to } });
      return true;
    },
    async leave(id) {
      nodes.delete(id);
    },
  };
}
