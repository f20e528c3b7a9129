import { NodeUnreachable } from "../../../core/cluster/courier.ts";
import { DomainError } from "../../../core/errors/errors.ts";
import type { RollCall } from "../../../core/observation/roll-call.ts";
import { ask, type Question } from "../questions.ts";
import { nameOf, type Source, type SourcePage, type Told } from "../source.ts";
import type { Item } from "../wire.ts";

/** What a node says of a source of its own to one that has none like it. */
export type ToldSource = Pick<Source, "kind" | "face" | "part" | "states" | "isLocal"> & { readonly acts: boolean };

export function toldSource({ kind, face, part, states, isLocal, act }: Source): ToldSource {
  return { kind, face, part, states, isLocal, acts: act !== undefined };
}

/**
 * A source of a face that this node does not serve: another one that does is asked. If it does not answer, or serves the
 * face no more, there is nothing to see; what was to be done is refused.
 */
export function sourceElsewhere(told: ToldSource, node: string, rollCall: Pick<RollCall, "one">): Source {
  const { acts, ...plain } = told;
  const source = nameOf(plain);
  const answer = async <Answer>(question: Question): Promise<Answer | null> =>
    JSON.parse(await rollCall.one(node, ask(question))) as Answer | null;
  const look = async <Answer>(question: Question): Promise<Answer | null> => {
    try {
      return await answer<Answer>(question);
    } catch (error) {
      if (error instanceof NodeUnreachable) return null;
      throw error;
    }
  };
  const act: Source["act"] = async (name, id, on) => {
    try {
      return await answer<string>({ type: "act", source, name, id, on });
    } catch (error) {
      if (error instanceof NodeUnreachable) throw new DomainError("action_refused", "Its node does not answer.");
      throw error;
    }
  };
  return {
    ...plain,
    page: async (query) => (await look<SourcePage>({ type: "page", source, query })) ?? { items: [], next: null },
    find: (id) => look<Told>({ type: "find", source, id }),
    search: async (text) => (await look<readonly Item[]>({ type: "search", source, text })) ?? [],
    ...(acts ? { act } : {}),
  };
}
