import { DomainError } from "../../core/errors/errors.ts";
import type { Journal } from "../../core/journal/journal.ts";
import { comparable } from "../../core/journal/comparable.ts";
import type { AuditRecords } from "../../ports/audit-records.ts";
import { problemOf } from "../../transport/http/refusal.ts";
import type { Operator } from "../../transport/http/operator.ts";
import type { Objects } from "./objects.ts";
import type { Action, Done, Kind } from "./wire.ts";

export interface ActionsDeps {
  readonly objects: Pick<Objects, "act">;
  readonly audit: AuditRecords;
  readonly journal: Journal;
  /** In ms. */
  now(): number;
  /** Writes it to the log, too, where nobody can take a name out again: `entry` is its id in the audit log, which has those. */
  told(act: { readonly entry: number; readonly action: string; readonly kind: string }): void;
  failed(error: unknown): void;
}

export interface Deed {
  readonly kind: Kind;
  readonly name: Action["name"];
  readonly id: string;
  readonly on?: boolean | undefined;
  /** Must be the id: whoever calls by mistake does not know it. */
  readonly confirm: string;
}

/** What operators do, each noted before it is done. */
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
    const { objects, audit, journal, now, told, failed } = this.#deps;
    if (confirm !== id) throw new DomainError("not_confirmed");
    const action = name === "maintenance" ? `maintenance ${on ? "on" : "off"}` : name;
    const entry = await audit.begin({ at: now(), who, action, kind, target: comparable(id) });
    told({ entry, action, kind });
    try {
      const message = await objects.act(kind, name, id, on);
      journal.note(kind, id, action, `by ${who}`);
      // It has been done: whoever asked must not take it for undone because of the log.
      await audit.settle(entry, "done", message).catch(failed);
      return { done: true, message };
    } catch (error) {
      const problem = problemOf(error);
      const outcome = problem === null || problem.status >= 500 ? "failed" : "refused";
      await audit.settle(entry, outcome, problem?.message ?? "it failed; the log says why").catch(failed);
      throw error;
    }
  }
}
