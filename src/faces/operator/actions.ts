import { DomainError } from "../../core/errors/errors.ts";
import type { Audited } from "../../core/journal/audited.ts";
import type { Journal } from "../../core/journal/journal.ts";
import { comparable } from "../../core/journal/comparable.ts";
import type { Operator } from "../../transport/http/operator.ts";
import type { Objects } from "./objects.ts";
import type { Action, Done, Kind } from "./wire.ts";

export interface ActionsDeps {
  readonly audited: Audited;
  readonly objects: Pick<Objects, "act">;
  readonly journal: Journal;
}

export interface Deed {
  readonly kind: Kind;
  readonly name: Action["name"];
  readonly id: string;
  readonly on?: boolean | undefined;
  /** Must be the id: whoever calls by mistake does not know it. */
  readonly confirm: string;
}

/** What operators do to objects, each noted before it is done. */
export class Actions {
  readonly #deps: ActionsDeps;

  constructor(deps: ActionsDeps) {
    this.#deps = deps;
  }

  /**
   * @throws {DomainError} not_confirmed, object_not_found, action_refused
   * @throws {StoreUnavailable} and nothing was done if the audit log cannot be written
   */
  async do({ who }: Operator, { kind, name, id, on = true, confirm }: Deed): Promise<Done> {
    const { audited, objects, journal } = this.#deps;
    if (confirm !== id) throw new DomainError("not_confirmed");
    const action = name === "maintenance" ? `maintenance ${on ? "on" : "off"}` : name;
    const act = async (): Promise<Done> => {
      const message = await objects.act(kind, name, id, on);
      journal.note(kind, id, action, `by ${who}`);
      return { done: true, message };
    };
    const deed = { who, action, kind, target: comparable(id) };
    return audited(deed, act, ({ message }) => message);
  }
}
