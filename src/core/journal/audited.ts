import type { AuditRecords, NewAuditEntry } from "../../ports/audit-records.ts";

export interface AuditedDeps {
  readonly audit: AuditRecords;
  /** In ms. */
  now(): number;
  /** Writes it to the log, too, where nobody can take a name out again: `entry` is its id in the audit log, which has those. */
  told(act: { readonly entry: number; readonly action: string; readonly kind: string }): void;
  /** What an error says to whoever caused it, and its HTTP status; null: nobody meant it. */
  problemOf(error: unknown): { readonly status: number; readonly message: string } | null;
  failed(error: unknown): void;
}

/**
 * Does what an operator asks for, noted before it is done, and then with what came of it. `inWords` names nobody.
 *
 * @throws what `act` does
 * @throws {StoreUnavailable} and nothing was done if the audit log cannot be written
 */
export type Audited = <Result>(
  deed: Omit<NewAuditEntry, "at">,
  act: () => Promise<Result>,
  inWords: (result: Result) => string,
) => Promise<Result>;

export function createAudited({ audit, now, told, problemOf, failed }: AuditedDeps): Audited {
  return async (deed, act, inWords) => {
    const entry = await audit.begin({ ...deed, at: now() });
    told({ entry, action: deed.action, kind: deed.kind });
    try {
      const result = await act();
      // It has been done: whoever asked must not take it for undone because of the log.
      await audit.settle(entry, "done", inWords(result)).catch(failed);
      return result;
    } catch (error) {
      const problem = problemOf(error);
      const outcome = problem === null || problem.status >= 500 ? "failed" : "refused";
      await audit.settle(entry, outcome, problem?.message ?? "it failed; the log says why").catch(failed);
      throw error;
    }
  };
}
