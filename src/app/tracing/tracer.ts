import type { TraceParent } from "./trace-parent.ts";

export type Attributes = Readonly<Record<string, string | number>>;

/** A piece of work, from its begin to its end. */
export interface Span extends TraceParent {
  /** To be called once. Nothing more is kept of a span that never ends. */
  end(hasFailed: boolean, attributes?: Attributes): void;
}

/** Who does the work for whom: `server` for a caller, `client` by asking somebody else, `consumer` for who sent it. */
export type SpanKind = "server" | "client" | "consumer";

/** Keeps traces. Nothing here throws or waits. */
export interface Tracer {
  begin(name: string, kind: SpanKind, parent: TraceParent | null, attributes: Attributes): Span;
  /** Sends what is left, for as long as two seconds. */
  stop(): Promise<void>;
}
