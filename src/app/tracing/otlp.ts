import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TracerProvider,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import type { TraceParent } from "./trace-parent.ts";
import type { Tracer } from "./tracer.ts";

export interface OtlpOptions {
  /** Without `/v1/traces`. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly service: string;
  readonly version: string;
  readonly node: string;
  /** Which part of the traces that begin here is kept, of 1. Of what others have begun, what they keep. */
  readonly ratio: number;
  /** What could not be sent is lost. */
  failed(error: unknown): void;
}

/** How long a collector may take, and what is left may take at the end, in ms. */
const ANSWER_MS = 5_000;
const LAST_MS = 2_000;

/** How long spans are gathered before they are sent, in ms, and how many may wait: what comes past it is left out. */
const GATHER_MS = 1_000;
const MOST_SPANS = 8_192;

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER } as const;

/** Sends traces to a collector, as OTLP over HTTP: in batches, of what a bounded queue has room for. */
export function createOtlpTracer(options: OtlpOptions): Tracer {
  const { endpoint, headers, service, version, node, ratio, failed } = options;
  const exporter = new OTLPTraceExporter({
    url: `${endpoint}/v1/traces`,
    headers: { ...headers },
    timeoutMillis: ANSWER_MS,
  });
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({
        "service.name": service,
        "service.version": version,
        "service.instance.id": node,
      }),
    ),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({
        scheduledDelayMillis: GATHER_MS,
        maxQueueSize: MOST_SPANS,
        exporter: {
          export: (spans, done) =>
            exporter.export(spans, (result) => {
              if (result.error !== undefined) failed(result.error);
              done(result);
            }),
          forceFlush: () => exporter.forceFlush(),
          shutdown: () => exporter.shutdown(),
        },
      }),
    ],
  });
  const tracer = provider.getTracer("rendezvous", version);
  return {
    begin(name, kind, parent, attributes) {
      const context = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, contextOf(parent));
      const span = tracer.startSpan(name, { kind: KINDS[kind], attributes: { ...attributes } }, context);
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceId,
        spanId,
        isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0,
        end(hasFailed, more) {
          if (more !== undefined) span.setAttributes({ ...more });
          if (hasFailed) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    async stop() {
      const late = new Promise<void>((over) => setTimeout(over, LAST_MS).unref());
      await Promise.race([provider.shutdown().catch(failed), late]);
    },
  };
}

function contextOf({ traceId, spanId, isSampled }: TraceParent) {
  return { traceId, spanId, traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}
