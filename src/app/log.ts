import pino, { type Logger } from "pino";

export type { Logger };

/** Structured logs on standard error, one JSON object a line; standard output is for people. */
export function createLogger(level: string, node: string): Logger {
  return pino(
    {
      level,
      base: { node },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Nothing that opens a door or says where somebody is may reach a log, wherever it hangs.
      redact: ["*.sdp", "*.candidate", "*.credential", "*.token", "*.authorization", "*.password"],
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
