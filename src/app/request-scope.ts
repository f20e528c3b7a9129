import type { Random } from "../ports/random.ts";
import { REQUEST_ID, type RequestScope } from "../transport/http/request-scope.ts";
import { doing, type RequestNames } from "./tracing/doing.ts";
import { readTraceParent, type TraceParent } from "./tracing/trace-parent.ts";
import type { Tracer } from "./tracing/tracer.ts";
import { endedWith } from "./tracing/tracing.ts";

/** What callers may call their requests: short, and nothing that could break a line, a header or a query. */
const SANE = /^[\w.:/+=-]{1,128}$/;

/** Of what comes every few seconds, and says nothing of anybody's work, no trace is kept. */
const PROBES = new Set(["/livez", "/readyz", "/health", "/metrics"]);

/** The request for which this is being done; nothing where there is none. */
export function currentRequest(): RequestNames | undefined {
  const store = doing.getStore();
  if (store === undefined) return undefined;
  const { request, trace } = store;
  return { ...(request === undefined ? {} : { request }), ...(trace === undefined ? {} : { trace }) };
}

/**
 * Keeps the name that a request comes with, if it is a sane one, and gives all others one of their own. With a tracer,
 * each request is a span, and each message on a socket.
 */
export function createRequestScope(random: Pick<Random, "token">, tracer: Tracer | null = null): RequestScope {
  // Nobody gains anything by guessing a name, so that only the first part need be random.
  const process = random.token(9);
  let count = 0;

  const traced = <Result>(
    { request, pattern, id, parent }: { request: Request; pattern: string; id: string; parent: TraceParent | null },
    work: () => Result,
  ): Result => {
    const span = tracer!.begin(`${request.method} ${pattern}`, "server", parent, {
      "http.request.method": request.method,
      "http.route": pattern,
      "rendezvous.request": id,
    });
    return endedWith(span, () => doing.run({ request: id, trace: span.traceId, span }, work), answerOf);
  };

  return {
    enter(request, pattern, from, work) {
      const given = request.headers.get(REQUEST_ID);
      const id = given !== null && SANE.test(given) ? given : `${process}-${(++count).toString(36)}`;
      const parent = readTraceParent(request.headers.get("traceparent"));
      if (tracer !== null && !PROBES.has(pattern))
        return traced({ request, pattern, id, parent }, () => work(id, request, from));
      return doing.run({ request: id, trace: parent?.traceId, span: null }, work, id, request, from);
    },
    ...(tracer === null
      ? {}
      : {
          message(door: string, id: string | undefined, work: () => void | Promise<void>) {
            const request = id === "" ? undefined : id;
            const span = tracer.begin(`message ${door}`, "server", null, {
              "http.route": door,
              ...(id === undefined ? {} : { "rendezvous.request": id }),
            });
            return endedWith(span, () => doing.run({ request, trace: span.traceId, span }, work));
          },
        }),
  };
}

/** How a request was answered; an upgrade has no answer of its own. */
function answerOf(answer: unknown) {
  const status = answer instanceof Response ? answer.status : 101;
  return { hasFailed: status >= 500, attributes: { "http.response.status_code": status } };
}
