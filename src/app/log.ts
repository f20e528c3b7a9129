import pino, { type Logger } from "pino";

export type { Logger };

/** Names under which something hangs that opens a door or says where somebody is. */
const SECRET = /^(sdp|candidate|credential|password|secret|authorization|cookie|.*token)$/i;

/** Deeper than this nothing is logged: an object this deep was not made for a log. */
const MAX_DEPTH = 6;

/** Structured logs on standard error, one JSON object a line; standard output is for people. */
export function createLogger(level: string, node: string): Logger {
  return pino(
    {
      level,
      base: { node },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (fields) => withoutSecrets(fields) as typeof fields },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** A copy in which every secret, wherever it hangs, is blanked. */
export function withoutSecrets(value: unknown, depth = MAX_DEPTH): unknown {
  if (value instanceof Error || typeof value !== "object" || value === null) return value;
  if (depth === 0) return "[too deep]";
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, SECRET.test(key) ? "[secret]" : withoutSecrets(one, depth - 1)]),
  );
}
