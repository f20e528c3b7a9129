import pino, { type DestinationStream, type Logger } from "pino";
import { currentRequest } from "./request-scope.ts";

export type { Logger };

/**
 * Names under which something hangs that opens a door or says where somebody is. A store's client hangs the `command`
 * that failed on its error, with all that it carried, or as `detail` the row.
 */
const SECRET = /^(sdp|candidate|credential|password|secret|authorization|cookie|command|detail|.*token)$/i;

/** What Redis repeats of a command that it does not know. */
const REPEATED = /(with args beginning with:).*/g;

/** Deeper than this nothing is logged: an object this deep was not made for a log. */
const MAX_DEPTH = 6;

export interface LogOptions {
  /** Texts that are blanked wherever they turn up; see `secretTexts`. */
  readonly hidden?: readonly string[];
  readonly to?: DestinationStream;
}

/** Structured logs on standard error, one JSON object a line; standard output is for people. */
export function createLogger(level: string, node: string, { hidden = [], to }: LogOptions = {}): Logger {
  const stream = to ?? pino.destination({ dest: 2, sync: true });
  return pino(
    {
      level,
      base: { node },
      // What is written while a request is served says which one, wherever it is written.
      mixin: () => ({ ...currentRequest() }),
      timestamp: pino.stdTimeFunctions.isoTime,
      // Errors have been put into plain words by then, which the built-in one would take for another error.
      serializers: { err: (told: unknown) => told },
      formatters: { level: (label) => ({ level: label }), log: (fields) => withoutSecrets(fields) as typeof fields },
    },
    hidden.length === 0 ? stream : blanking(stream, hidden),
  );
}

/** Blanks whole lines, so that no message of a library and no stack can carry a secret that we know. */
function blanking(to: DestinationStream, hidden: readonly string[]): DestinationStream {
  const asWritten = hidden.map((text) => JSON.stringify(text).slice(1, -1));
  return {
    write(line) {
      to.write(asWritten.reduce((rest, text) => rest.replaceAll(text, "[secret]"), line));
    },
  };
}

/** A copy in which every secret, wherever it hangs, is blanked. An error is told in plain words, causes included. */
export function withoutSecrets(value: unknown, depth = MAX_DEPTH): unknown {
  if (typeof value === "string") return value.replace(REPEATED, "$1");
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return "[too deep]";
  if (value instanceof Error) return withoutSecrets({ ...pino.stdSerializers.err(value) }, depth);
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, SECRET.test(key) ? "[secret]" : withoutSecrets(one, depth - 1)]),
  );
}
