import type { Sighting } from "../overview/sightings.ts";
import { localPage, plain, type Source } from "../source.ts";
import type { Item } from "../wire.ts";

/** Nodes that live no more, as this one remembers them. */
export function goneNodeSource(gone: () => readonly Sighting[]): Source {
  return {
    kind: "nodes",
    face: null,
    part: "gone",
    states: ["gone"],
    isLocal: false,
    page: (query) => localPage(new Map(gone().map((one) => [one.id, () => itemOf(one)] as const)), query),
    async find(id) {
      const one = gone().find((other) => other.id === id);
      return one === undefined ? null : { item: itemOf(one) };
    },
  };
}

function itemOf({ id, seenAt }: Sighting): Item {
  return {
    ...plain,
    kind: "nodes",
    id,
    label: id,
    state: "gone",
    node: id,
    since: seenAt,
    fields: { lastHeardAt: seenAt },
  };
}
