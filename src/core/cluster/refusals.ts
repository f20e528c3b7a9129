import { StoreUnavailable } from "../../ports/store-error.ts";
import { catalogue, type ErrorCode } from "../errors/catalogue.ts";
import { DomainError } from "../errors/errors.ts";
import { NodeFailed } from "./courier.ts";

const STORE_UNAVAILABLE = "store_unavailable" satisfies ErrorCode;
const INTERNAL = "internal";

/** An error as it goes to another node. What the domain did not mean stays here, in the log. */
export function refusalOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof DomainError) return { code: error.code, message: error.message };
  if (error instanceof StoreUnavailable) return { code: STORE_UNAVAILABLE, message: "" };
  return { code: INTERNAL, message: "" };
}

/** True for what must be written to the log of the node where it happened. */
export function isFailure(error: unknown): boolean {
  return !(error instanceof DomainError) && !(error instanceof StoreUnavailable);
}

/** The error that another node's refusal stands for. */
export function errorOf(node: string, code: string, message: string): Error {
  if (code === STORE_UNAVAILABLE) return new StoreUnavailable(new Error(`node ${node} cannot reach its store`));
  return Object.hasOwn(catalogue, code) ? new DomainError(code as ErrorCode, message) : new NodeFailed(node);
}
