import { AsyncLocalStorage } from "node:async_hooks";
import type { Span } from "./tracer.ts";

/** What every line that is logged for a request says of it. */
export interface RequestNames {
  readonly request?: string;
  /** The trace it belongs to, as its caller says, or as we do where traces are kept. */
  readonly trace?: string;
}

/** For what something is being done: one object, since one is made for each request. */
export interface Doing {
  /** Undefined: for no request. */
  readonly request: string | undefined;
  /** Undefined: it belongs to none. */
  readonly trace: string | undefined;
  /** What it is a part of; null where traces are not kept. */
  readonly span: Span | null;
}

/** Goes along with whatever is waited for. */
export const doing = new AsyncLocalStorage<Doing>();
