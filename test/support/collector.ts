import { eventually } from "./eventually.ts";

/** A span, as a collector gets it. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  /** Which process it is from: `service.instance.id`. */
  readonly node: string;
  readonly service: string;
  readonly hasFailed: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
}

interface Value {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string | number };
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Value[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly status?: { readonly code?: number };
        readonly attributes: readonly Value[];
      }[];
    }[];
  }[];
}

/** Takes traces as OTLP over HTTP, in JSON, and nothing else. */
export function startCollector() {
  const spans: CollectedSpan[] = [];
  const requests: Headers[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (request.method !== "POST" || pathname !== "/v1/traces") return new Response(null, { status: 404 });
      requests.push(request.headers);
      spans.push(...read((await request.json()) as Export));
      return Response.json({});
    },
  });
  const find = (isIt: (trace: readonly CollectedSpan[]) => boolean) =>
    [...Map.groupBy(spans, ({ traceId }) => traceId).values()].find(isIt);
  return {
    url: server.url.href.replace(/\/$/, ""),
    spans,
    requests,
    /** All spans of the first trace that has all that is wanted. */
    trace: (what: string, isIt: (trace: readonly CollectedSpan[]) => boolean) =>
      eventually(what, () => find(isIt), 20_000),
    /** The same of what has come so far. */
    find,
    stop: () => server.stop(true),
  };
}

function read({ resourceSpans }: Export): readonly CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const about = valuesOf(resource.attributes);
    return scopeSpans.flatMap((scope) =>
      scope.spans.map(({ traceId, spanId, parentSpanId, name, status, attributes }) => ({
        ...{ traceId, spanId, parentSpanId: parentSpanId ?? null, name },
        node: String(about["service.instance.id"]),
        service: String(about["service.name"]),
        hasFailed: status?.code === 2,
        attributes: valuesOf(attributes),
      })),
    );
  });
}

function valuesOf(list: readonly Value[]): Readonly<Record<string, string | number>> {
  return Object.fromEntries(list.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));
}
