/** Which span of which trace something belongs to (W3C Trace Context). */
export interface TraceParent {
  /** 32 and 16 hexadecimal digits, not all of them zero. */
  readonly traceId: string;
  readonly spanId: string;
  /** Whether the caller keeps its own spans. */
  readonly isSampled: boolean;
}

// A later version may have more behind the flags; of version 00 there is no more.
const FORM = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Null for anything that the standard says to ignore. */
export function readTraceParent(text: string | null): TraceParent | null {
  const match = text === null ? null : FORM.exec(text);
  if (match === null || (match[1] === "00" && match[5] !== undefined)) return null;
  return { traceId: match[2]!, spanId: match[3]!, isSampled: (Number.parseInt(match[4]!, 16) & 1) === 1 };
}

export function writeTraceParent({ traceId, spanId, isSampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;
}
