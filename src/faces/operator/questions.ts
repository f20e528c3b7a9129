import type { Query } from "./source.ts";
import type { Action, Kind } from "./wire.ts";

/** What nodes ask each other for those who watch. Sources are named by their place: all nodes serve the same. */
export type Question =
  | { readonly type: "report" }
  /** Slices of the history since then, in ms. */
  | { readonly type: "slices"; readonly since: number }
  | { readonly type: "page"; readonly source: string; readonly query: Query }
  | { readonly type: "find"; readonly source: string; readonly id: string }
  | { readonly type: "search"; readonly source: string; readonly text: string }
  | { readonly type: "history"; readonly kind: Kind; readonly id: string }
  | {
      readonly type: "act";
      readonly source: string;
      readonly name: Action["name"];
      readonly id: string;
      readonly on: boolean;
    };

export function ask(question: Question): string {
  return JSON.stringify(question);
}
