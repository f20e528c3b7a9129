import { smallest } from "../../core/flow/smallest.ts";
import type { Action, HistoryEntry, Item, Kind } from "./wire.ts";

/** What a list is to show. */
export interface Query {
  /** Where the page before ended; null: at the beginning. */
  readonly from: string | null;
  readonly limit: number;
  readonly states?: readonly string[] | undefined;
  readonly region?: string | undefined;
  /** Part of an id, a label or the name of a queue. */
  readonly q?: string | undefined;
}

export interface SourcePage {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** An object, and what is known of it beside the journals. */
export interface Told {
  readonly item: Item;
  readonly history?: readonly HistoryEntry[];
}

/** Where objects of one kind come from. Ids are whole, as items carry them. */
export interface Source {
  readonly kind: Kind;
  /** Null: all faces. */
  readonly face: string | null;
  /** Tells sources of one kind and face apart. */
  readonly part?: string | undefined;
  readonly states: readonly string[];
  /** True: what this node has; the other nodes have theirs. Pages are in the order of ids then. */
  readonly isLocal: boolean;
  page(query: Query): Promise<SourcePage>;
  find(id: string): Promise<Told | null>;
  /** What has this text as a name of its own beside its id. */
  search?(text: string): Promise<readonly Item[]>;
  /** Does it and says what happened, naming nobody, as the audit log keeps it; null: there is no such object here. */
  act?(name: Action["name"], id: string, on: boolean): Promise<string | null>;
}

/** How nodes name a source to each other, and cursors to whoever goes on. */
export function nameOf({ kind, face, part }: Pick<Source, "kind" | "face" | "part">): string {
  return `${kind}@${face ?? ""}${part === undefined ? "" : `/${part}`}`;
}

/** An item, and where a page that ends with it goes on. */
export interface Located {
  readonly item: Item;
  readonly after: string;
}

export interface Bite {
  readonly found: readonly Located[];
  readonly next: string | null;
}

/** Bites that one page takes at most, however little of them fits; the next page goes on from there. */
const MOST_BITES = 10;

/** Looks through a store bite by bite until a page is full. */
export async function sift(query: Query, bite: (from: string | null) => Promise<Bite>): Promise<SourcePage> {
  const items: Item[] = [];
  let from = query.from;
  for (let bites = 0; bites < MOST_BITES; bites++) {
    const { found, next } = await bite(from);
    for (const [at, { item, after }] of found.entries()) {
      if (!fits(item, query)) continue;
      items.push(item);
      if (items.length === query.limit) return { items, next: at === found.length - 1 ? next : after };
    }
    if (next === null) return { items, next };
    from = next;
  }
  return { items, next: from };
}

/** True for what the query asks for. */
export function fits(item: Item, { states, region, q }: Query): boolean {
  if (states !== undefined && (item.state === null || !states.includes(item.state))) return false;
  if (region !== undefined && item.region !== region) return false;
  if (q === undefined) return true;
  const text = q.toLowerCase();
  return [item.id, item.label, item.fields["queue"] ?? ""].some((name) => String(name).toLowerCase().includes(text));
}

/** Of the names of a store's states the one that is asked for; undefined for all, and for several: those are sifted. */
export function onlyOf<Name extends string>(names: readonly Name[], { states }: Query): Name | undefined {
  const meant = names.filter((one) => states?.includes(one));
  return meant.length === 1 ? meant[0] : undefined;
}

/** A page of what this node has, in the order of ids. */
export function localPage(all: ReadonlyMap<string, () => Item | null>, query: Query): Promise<SourcePage> {
  return sift(query, async (from) => {
    const ids = smallest(all.keys(), BITE, from);
    const found = ids.flatMap((id) => {
      const item = all.get(id)!();
      return item === null ? [] : [{ item, after: id }];
    });
    return { found, next: ids.length < BITE ? null : ids.at(-1)! };
  });
}

/** Rows or objects that are looked at together. */
export const BITE = 200;

/** What most items have nothing to say about. */
export const plain = {
  state: null,
  face: null,
  region: null,
  node: null,
  since: null,
  fields: {},
  links: [],
  actions: [],
} as const;

/** A part of a path. Of half a character there is no form in one. */
export function inPath(id: string): string {
  return encodeURIComponent(id.toWellFormed());
}
