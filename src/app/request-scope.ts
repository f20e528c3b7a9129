import { AsyncLocalStorage } from "node:async_hooks";
import type { Random } from "../ports/random.ts";
import { REQUEST_ID, type RequestScope } from "../transport/http/request-scope.ts";
import { readTraceParent } from "./trace-parent.ts";

/** What every line that is logged for a request says of it. */
export interface RequestNames {
  readonly request: string;
  /** The trace that its caller says it belongs to. */
  readonly trace?: string;
}

/** What callers may call their requests: short, and nothing that could break a line, a header or a query. */
const SANE = /^[\w.:/+=-]{1,128}$/;

const names = new AsyncLocalStorage<RequestNames>();

/** The request for which this is being done; nothing where there is none. */
export function currentRequest(): RequestNames | undefined {
  return names.getStore();
}

/** Keeps the name that a request comes with, if it is a sane one, and gives all others one of their own. */
export function createRequestScope(random: Pick<Random, "token">): RequestScope {
  // Nobody gains anything by guessing a name, so that only the first part need be random.
  const process = random.token(9);
  let count = 0;
  return {
    enter(request, _pattern, work) {
      const given = request.headers.get(REQUEST_ID);
      const id = given !== null && SANE.test(given) ? given : `${process}-${(++count).toString(36)}`;
      const trace = readTraceParent(request.headers.get("traceparent"))?.traceId;
      return names.run(trace === undefined ? { request: id } : { request: id, trace }, work, id);
    },
  };
}
