import type { Query } from "./source.ts";
import type { Action, Kind } from "./wire.ts";

/** What nodes ask each other for those who watch. Sources are named by their kind and face. */
export type Question =
  /** With what the stores know of faces that who asks does not serve; a node that does not say which it serves wants none. */
  | { readonly type: "report"; readonly serves?: readonly string[] }
  /** Which sources there are. */
  | { readonly type: "sources" }
  /** What was noted while this request was served. */
  | { readonly type: "request"; readonly request: string }
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
