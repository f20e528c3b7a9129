import { DomainError } from "../../core/errors/errors.ts";
import { mustOperate, type Asking, type Operator, type OperatorAccess } from "../../transport/http/operator.ts";

export interface DashboardAccess extends OperatorAccess {
  /** Why there is no dashboard, as a sentence that says what to set; null: there is one. */
  readonly off: string | null;
}

/**
 * Who looks at the dashboard, and acts.
 *
 * @throws {DomainError} dashboard_off, and what a token is refused with
 * @throws {Refusal} token_required, forbidden
 */
export async function operatorOf(call: Asking, access: DashboardAccess): Promise<Operator> {
  if (access.off !== null) throw new DomainError("dashboard_off", access.off);
  return mustOperate(call, access);
}
