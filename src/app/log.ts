import pino, { type DestinationStream, type Logger } from "pino";

export type { Logger };

/**
 * Names under which something hangs that opens a door or says where somebody is. A store's client hangs the `command`
 * that failed on its error, with all that it carried.
 */
const SECRET = /^(sdp|candidate|credential|password|secret|authorization|cookie|command|.*token)$/i;

/** What Redis repeats of a command that it does not know. */
const REPEATED = /(with args beginning with:).*/g;

/** Deeper than this nothing is logged: an object this deep was not made for a log. */
const MAX_DEPTH = 6;

/** Structured logs on standard error, one JSON object a line; standard output is for people. */
export function createLogger(
  level: string,
  node: string,
  to: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: { node },
      timestamp: pino.stdTimeFunctions.isoTime,
      // Errors have been put into plain words by then, which the built-in one would take for another error.
      serializers: { err: (told: unknown) => told },
      formatters: { level: (label) => ({ level: label }), log: (fields) => withoutSecrets(fields) as typeof fields },
    },
    to,
  );
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
