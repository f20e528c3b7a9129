import type { GroupDoc } from "../http/documentation.ts";
import type { Problem } from "../http/refusal.ts";
import type { RouteGroup } from "../http/route.ts";
import type { SchemaBook } from "./schemas.ts";

export type DocumentedGroup = RouteGroup & { readonly doc: GroupDoc };

export function isDocumented(group: RouteGroup): group is DocumentedGroup {
  return group.doc !== undefined;
}

/** What the operations of a document share. */
export interface Setting {
  readonly book: SchemaBook;
  /** What a token that is not good is refused with; null where none are asked for. */
  readonly tokens: readonly Problem[] | null;
}
