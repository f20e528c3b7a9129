import type { RollCall } from "../../core/observation/roll-call.ts";
import { ask, type Question } from "./questions.ts";
import { nameOf, type Query, type Source, type SourcePage } from "./source.ts";
import { sourceElsewhere, type ToldSource } from "./sources/elsewhere.ts";

export interface AcrossNodesDeps {
  /** Of this node. */
  readonly sources: readonly Source[];
  readonly rollCall: RollCall;
  /** True if other nodes serve faces that this one does not. */
  hasOthers(): boolean;
}

/** What all nodes have together. */
export class AcrossNodes {
  readonly #deps: AcrossNodesDeps;

  constructor(deps: AcrossNodesDeps) {
    this.#deps = deps;
  }

  /** Those of this node, and those of faces that only others serve; always in the same order, for cursors. */
  async sources(): Promise<readonly Source[]> {
    const { sources, hasOthers, rollCall } = this.#deps;
    if (!hasOthers()) return sources;
    const own = new Set(sources.map(nameOf));
    const others = new Map<string, Source>();
    for (const [node, told] of await this.byNode<readonly ToldSource[]>({ type: "sources" })) {
      for (const one of told) if (!own.has(nameOf(one))) others.set(nameOf(one), sourceElsewhere(one, node, rollCall));
    }
    return [
      ...sources,
      ...[...others].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, source]) => source),
    ];
  }

  /** Of what all nodes have, those that come first. */
  async page(source: Source, query: Query): Promise<SourcePage> {
    if (!source.isLocal) return source.page(query);
    const pages = await this.gather<SourcePage>({ type: "page", source: nameOf(source), query });
    // Beyond the end of a page that is not its node's last, something may be missing.
    const ends = pages.flatMap(({ next }) => (next === null ? [] : [next]));
    const end = ends.length === 0 ? null : ends.reduce((a, b) => (a < b ? a : b));
    const found = new Map(pages.flatMap(({ items }) => items).map((item) => [item.id, item] as const));
    const inOrder = [...found.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const sure = end === null ? inOrder : inOrder.filter(({ id }) => id <= end);
    const items = sure.slice(0, query.limit);
    return { items, next: sure.length > items.length ? items.at(-1)!.id : end };
  }

  async gather<Answer>(question: Question): Promise<readonly Answer[]> {
    return [...(await this.byNode<Answer>(question)).values()];
  }

  /** A node that serves other faces has nothing to say. */
  async byNode<Answer>(question: Question): Promise<ReadonlyMap<string, Answer>> {
    const answers = await this.#deps.rollCall.all(ask(question));
    const read = [...answers].map(([node, text]) => [node, JSON.parse(text) as Answer] as const);
    return new Map(read.filter(([, answer]) => answer !== null));
  }
}
