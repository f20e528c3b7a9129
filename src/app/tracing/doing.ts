import { AsyncLocalStorage } from "node:async_hooks";
import type { Span } from "./tracer.ts";

/** What every line that is logged for a request says of it. */
export interface RequestNames {
  readonly request?: string;
  /** The trace it belongs to, as its caller says, or as we do where traces are kept. */
  readonly trace?: string;
}

/** For what something is being done. */
export interface Doing {
  readonly names: RequestNames;
  /** What it is a part of; null where traces are not kept. */
  readonly span: Span | null;
}

/** Goes along with whatever is waited for. */
export const doing = new AsyncLocalStorage<Doing>();
