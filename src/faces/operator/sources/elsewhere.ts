import type { RollCall } from "../../../core/observation/roll-call.ts";
import { ask, type Question } from "../questions.ts";
import { nameOf, type Source, type SourcePage, type Told } from "../source.ts";
import type { Item } from "../wire.ts";

/** What a node says of a source of its own to one that has none like it. */
export type ToldSource = Pick<Source, "kind" | "face" | "part" | "states" | "isLocal"> & { readonly acts: boolean };

export function toldSource({ kind, face, part, states, isLocal, act }: Source): ToldSource {
  return { kind, face, part, states, isLocal, acts: act !== undefined };
}

/** A source of a face that this node does not serve: another one that does is asked. */
export function sourceElsewhere(told: ToldSource, node: string, rollCall: Pick<RollCall, "one">): Source {
  const { acts, ...plain } = told;
  const source = nameOf(plain);
  const answer = async <Answer>(question: Question): Promise<Answer> =>
    JSON.parse(await rollCall.one(node, ask(question))) as Answer;
  return {
    ...plain,
    page: (query) => answer<SourcePage>({ type: "page", source, query }),
    find: (id) => answer<Told | null>({ type: "find", source, id }),
    search: (text) => answer<readonly Item[]>({ type: "search", source, text }),
    ...(acts ? { act: (name, id, on) => answer<string | null>({ type: "act", source, name, id, on }) } : {}),
  };
}
