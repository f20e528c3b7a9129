import { noTraces, type Traces } from "../../ports/traces.ts";
import { doing } from "./doing.ts";
import { readTraceParent, writeTraceParent } from "./trace-parent.ts";
import type { Attributes, Span, Tracer } from "./tracer.ts";

/** Follows work where somebody wants to know. */
export interface Tracing extends Traces {
  /** What a store is asked, as a part of the work it is asked for; null where there is none that is followed. */
  asked(name: string, attributes: Attributes): ((hasFailed: boolean) => void) | null;
}

export const noTracing: Tracing = { ...noTraces, asked: () => null };

export function createTracing(tracer: Tracer): Tracing {
  const followed = (): Span | null => {
    const span = doing.getStore()?.span;
    return span?.isSampled === true ? span : null;
  };
  return {
    current() {
      const span = followed();
      return span === null ? null : writeTraceParent(span);
    },
    within(text, what, work) {
      const parent = readTraceParent(text);
      if (parent === null) return work();
      const span = tracer.begin(what, "consumer", parent, {});
      return endedWith(span, () => doing.run({ request: undefined, trace: span.traceId, span }, work));
    },
    asked(name, attributes) {
      const parent = followed();
      if (parent === null) return null;
      const span = tracer.begin(name, "client", parent, attributes);
      return (hasFailed) => span.end(hasFailed);
    },
  };
}

/** Does work of which a span tells how long it took, and whether it failed. */
export function endedWith<Result>(
  span: Span,
  work: () => Result,
  about: (result: Awaited<Result>) => { readonly hasFailed: boolean; readonly attributes?: Attributes } = fine,
): Result {
  const ended = (result: Awaited<Result>): void => {
    const { hasFailed, attributes } = about(result);
    span.end(hasFailed, attributes);
  };
  let result: Result;
  try {
    result = work();
  } catch (error) {
    span.end(true);
    throw error;
  }
  if (result instanceof Promise) result.then(ended as (value: unknown) => void, () => span.end(true));
  else ended(result as Awaited<Result>);
  return result;
}

const fine = () => ({ hasFailed: false });
