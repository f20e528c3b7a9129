import { NodeUnreachable } from "../../core/cluster/courier.ts";
import { DomainError } from "../../core/errors/errors.ts";
import type { RollCall } from "../../core/observation/roll-call.ts";
import type { Journal } from "../../core/journal/journal.ts";
import { AcrossNodes } from "./across-nodes.ts";
import { leadsNowhere, readCursor, writeCursor } from "./cursor.ts";
import { withoutEchoes } from "./echoes.ts";
import { ask, type Question } from "./questions.ts";
import { nameOf, plain, type Query, type Source, type SourcePage, type Told } from "./source.ts";
import { toldSource } from "./sources/elsewhere.ts";
import { waitingOf } from "./waiting.ts";
import {
  KINDS,
  type Action,
  type Found,
  type HistoryEntry,
  type Item,
  type Kind,
  type List,
  type ObjectView,
} from "./wire.ts";

/** Entries of a history that are shown. */
const MOST_HISTORY = 100;

/** The state of what is there no more. */
const GONE = "gone";

/** Results of a search. */
const MOST_FOUND = 20;

export interface ObjectsDeps {
  readonly sources: readonly Source[];
  readonly journal: Journal;
  readonly rollCall: RollCall;
  readonly node: string;
  /** True if other nodes serve faces that this one does not. */
  hasOthers(): boolean;
  /** In ms. */
  now(): number;
}

/** As it is asked for: `state` may be several, with commas between them. */
type ListQuery = Omit<Query, "from" | "states"> & {
  readonly cursor?: string | undefined;
  readonly state?: string | undefined;
};

/** Everything operators can look at, on whichever node it is. */
export class Objects {
  readonly #deps: ObjectsDeps;
  readonly #across: AcrossNodes;

  constructor(deps: ObjectsDeps) {
    this.#deps = deps;
    this.#across = new AcrossNodes(deps);
  }

  /** Answers another node's question about what this one has. */
  async answer(question: Question): Promise<unknown> {
    const { journal, node } = this.#deps;
    if (question.type === "history") {
      return journal.of(question.kind, question.id, MOST_HISTORY).map((note) => ({ ...note, node }));
    }
    if (question.type === "request") return journal.during(question.request, MOST_FOUND);
    if (question.type === "sources") return this.#deps.sources.map(toldSource);
    if (!("source" in question)) return null;
    const source = this.#deps.sources.find((one) => nameOf(one) === question.source);
    if (source === undefined) return null;
    switch (question.type) {
      case "page":
        return source.page(question.query);
      case "find":
        return source.find(question.id);
      case "search":
        return source.search?.(question.text) ?? [];
      case "act":
        return source.act?.(question.name, question.id, question.on) ?? null;
    }
  }

  /** The sources of a kind come one after the other. */
  async list(kind: Kind, query: ListQuery): Promise<List> {
    const { cursor, limit, state, ...others } = query;
    const wanted = state?.split(",");
    const filter = { ...others, states: wanted };
    const all = (await this.#across.sources()).filter((one) => one.kind === kind);
    const states = statesOf(all);
    // Whoever knows none of these states would be looked through in vain.
    const sources = all.filter((one) => wanted === undefined || one.states.some((its) => wanted.includes(its)));
    const [name, from] = readCursor(cursor);
    let at = name === null ? 0 : sources.findIndex((one) => nameOf(one) === name);
    if (at === -1) throw leadsNowhere();
    const items: Item[] = [];
    let next: string | null = from;
    for (; at < sources.length; at++) {
      const source = sources[at]!;
      const page: SourcePage = await this.#across.page(source, { ...filter, from: next, limit: limit - items.length });
      items.push(...page.items);
      next = page.next;
      if (next !== null) return { items, next: writeCursor(source, next), states };
      const following = sources[at + 1];
      if (items.length >= limit && following !== undefined) {
        return { items, next: writeCursor(following, null), states };
      }
    }
    return { items, next: null, states };
  }

  /** What is there no more is shown as long as a node remembers it. @throws {DomainError} object_not_found */
  async get(kind: Kind, id: string): Promise<ObjectView> {
    const found = await this.#find(kind, id);
    const noted = (
      await this.#across.gather<readonly HistoryEntry[]>({ type: "history", kind, id: found?.item.id ?? id })
    ).flat();
    if (found === null && noted.length === 0) throw new DomainError("object_not_found");
    const told: Told = found ?? { item: { ...plain, kind, id, label: id, state: GONE } };
    const waiting = await waitingOf(told.item, (query) => this.list("tickets", query), this.#deps.now());
    const history = [...(told.history ?? []), ...noted].toSorted((a, b) => a.at - b.at);
    return {
      ...told.item,
      history: withoutEchoes(history).slice(-MOST_HISTORY),
      ...(waiting === null ? {} : { waiting }),
    };
  }

  async search(text: string): Promise<Found> {
    const sources = await this.#across.sources();
    const asked = sources.map(async (source) => {
      const question = { source: nameOf(source), text };
      const [exact, named] = await Promise.all([
        this.#find(source.kind, text, [source]),
        source.isLocal
          ? this.#across.gather<readonly Item[]>({ type: "search", ...question }).then((all) => all.flat())
          : (source.search?.(text) ?? []),
      ]);
      return [...(exact === null ? [] : [exact.item]), ...named];
    });
    const during = this.#during(text);
    const all = [...(await Promise.all(asked)).flat(), ...(await during)];
    const found = new Map(all.map((item) => [`${item.kind} ${item.id}`, item] as const));
    const inOrder = [...found.values()].toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
    return { items: inOrder.slice(0, MOST_FOUND).map(({ kind, id, label }) => ({ kind, id, label })) };
  }

  /**
   * Does it, on whichever node it must be done. Says what happened.
   *
   * @throws {DomainError} object_not_found, action_refused
   */
  async act(kind: Kind, name: Action["name"], id: string, on: boolean): Promise<string> {
    for (const source of (await this.#across.sources()).filter((one) => one.kind === kind && one.act !== undefined)) {
      const said = source.isLocal ? await this.#actWhereItIs(source, name, id, on) : await source.act!(name, id, on);
      if (said !== null) return said;
    }
    throw new DomainError("object_not_found");
  }

  async #actWhereItIs(source: Source, name: Action["name"], id: string, on: boolean): Promise<string | null> {
    const found = await this.#across.byNode<Told>({ type: "find", source: nameOf(source), id });
    const [holder] = found.keys();
    if (holder === undefined) return null;
    const question = ask({ type: "act", source: nameOf(source), name, id, on });
    try {
      return JSON.parse(await this.#deps.rollCall.one(holder, question)) as string | null;
    } catch (error) {
      if (error instanceof NodeUnreachable) throw new DomainError("action_refused", "Its node does not answer.");
      throw error;
    }
  }

  /** What a request with this id has changed; some of it may be there no more. */
  async #during(request: string): Promise<readonly Pick<Item, "kind" | "id" | "label">[]> {
    const noted = await this.#across.gather<readonly { kind: string; id: string }[]>({ type: "request", request });
    return noted.flat().flatMap(({ kind, id }) => {
      const known = KINDS.find((one) => one === kind);
      return known === undefined ? [] : [{ kind: known, id, label: id }];
    });
  }

  async #find(kind: Kind, id: string, sources?: readonly Source[]): Promise<Told | null> {
    for (const source of (sources ?? (await this.#across.sources())).filter((one) => one.kind === kind)) {
      const told = source.isLocal
        ? ((await this.#across.gather<Told>({ type: "find", source: nameOf(source), id }))[0] ?? null)
        : await source.find(id);
      if (told !== null) return told;
    }
    return null;
  }
}

function statesOf(sources: readonly Source[]): readonly string[] {
  return [...new Set(sources.flatMap(({ states }) => states))];
}
