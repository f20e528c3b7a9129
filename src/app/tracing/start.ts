import type { Config } from "../config/settings.ts";
import { version } from "../version.ts";
import type { Tracer } from "./tracer.ts";

/** Keeps traces if OTEL_EXPORTER_OTLP_ENDPOINT says where to send them; null: it does not. */
export async function startTracer(
  config: Config,
  node: string,
  failed: (error: unknown) => void,
): Promise<Tracer | null> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = config;
  if (endpoint === null) return null;
  // Loaded only where it is used: it would take a good part of the start.
  const { createOtlpTracer } = await import("./otlp.ts");
  return createOtlpTracer({
    endpoint,
    headers: config.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    service: config.OTEL_SERVICE_NAME,
    version,
    node,
    ratio: config.OTEL_TRACES_SAMPLER_ARG,
    failed,
  });
}
