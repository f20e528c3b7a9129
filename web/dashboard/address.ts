import type { Kind } from "../../src/faces/operator/wire.ts";
import { isKind } from "./kinds.ts";

/** What a list is narrowed to. */
export interface Filter {
  readonly state?: string;
  readonly region?: string;
  readonly q?: string;
  readonly cursor?: string;
}

/** What the page shows: it stands behind the `#` of its address, so that back, reload and bookmarks work. */
export type Place =
  | { readonly view: "overview" }
  | { readonly view: "list"; readonly kind: Kind; readonly filter: Filter }
  | { readonly view: "object"; readonly kind: Kind; readonly id: string }
  | { readonly view: "search"; readonly q: string };

const FILTERS = ["state", "region", "q", "cursor"] as const;

/** Whatever is not understood is the overview. */
export function placeOf(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [kind = "", id] = path.split("/");
  const given = new URLSearchParams(query);
  if (kind === "search") return { view: "search", q: given.get("q") ?? "" };
  if (!isKind(kind)) return { view: "overview" };
  if (id !== undefined && id !== "") return { view: "object", kind, id: decode(id) };
  const filter = FILTERS.flatMap((name) => {
    const value = given.get(name);
    return value === null || value === "" ? [] : [[name, value]];
  });
  return { view: "list", kind, filter: Object.fromEntries(filter) as Filter };
}

export function listHref(kind: Kind, filter: Filter = {}): string {
  const query = new URLSearchParams(filter as Record<string, string>).toString();
  return query === "" ? `#/${kind}` : `#/${kind}?${query}`;
}

export function objectHref(kind: Kind, id: string): string {
  return `#/${kind}/${encodeURIComponent(id.toWellFormed())}`;
}

export function searchHref(q: string): string {
  return `#/search?${new URLSearchParams({ q }).toString()}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
