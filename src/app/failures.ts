import type { Clock } from "../ports/clock.ts";
import { StoreUnavailable } from "../ports/store-error.ts";
import type { ErrorLog } from "../core/observation/error-log.ts";
import { withoutSecrets, type Logger } from "./log.ts";
import { currentRequest } from "./request-scope.ts";

/** How often the same failure is written, in ms. */
const ONCE_IN_MS = 10_000;

/** Kinds of failure remembered at once; more are written without being counted. */
const MOST_KINDS = 1_000;

/** Reports a failure: what could not be done, and why. */
export type FailureLog = (what: string, error: unknown, fields?: Readonly<Record<string, unknown>>) => void;

/**
 * Writes failures so that a log stays readable while many requests fail for one reason: each kind once in a while,
 * with how many were left out. What a store causes that the engine has already reported is not written again.
 */
export function createFailureLog(options: {
  readonly log: Logger;
  readonly clock: Clock;
  /** Stores that are known to be away. */
  troubles(): readonly string[];
}): FailureLog {
  const { log, clock, troubles } = options;
  /** Whoever asks for everything, to follow one request, gets this as well. */
  const leaveOut: FailureLog = (what, error, fields) => {
    if (log.isLevelEnabled("debug")) log.debug({ ...fields, err: error }, what);
  };
  const kinds = new Map<string, { readonly writtenAt: number; leftOut: number }>();
  return (what, error, fields = {}) => {
    if (error instanceof StoreUnavailable && troubles().length > 0) return leaveOut(what, error, fields);
    const kind = `${what}: ${messageOf(error)}`;
    const last = kinds.get(kind);
    if (last !== undefined && clock.now() - last.writtenAt < ONCE_IN_MS) {
      last.leftOut++;
      return leaveOut(what, error, fields);
    }
    if (kinds.size >= MOST_KINDS) kinds.clear();
    kinds.set(kind, { writtenAt: clock.now(), leftOut: 0 });
    log.error(
      { ...fields, err: error, ...(last === undefined || last.leftOut === 0 ? {} : { leftOut: last.leftOut }) },
      what,
    );
  };
}

/** The same, and operators see on the dashboard what failed: everything, however often it is written. */
export function notedFailures(
  report: FailureLog,
  errors: Pick<ErrorLog, "note">,
  hidden: readonly string[],
): FailureLog {
  return (what, error, fields = {}) => {
    const text = hidden.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), `${what}: ${saidOf(error)}`);
    const { route, method } = fields;
    const where = [method, route].filter((part) => typeof part === "string" && part !== "").join(" ");
    const request = typeof fields["request"] === "string" ? fields["request"] : (currentRequest()?.request ?? null);
    errors.note(text, where === "" ? null : where, request);
    report(what, error, fields);
  };
}

/** The first line, without what a store repeats of its commands. */
function saidOf(error: unknown): string {
  return String(withoutSecrets(messageOf(error))).split("\n", 1)[0]!;
}

/** What failed, down to its cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} ${messageOf(error.cause)}`;
}
