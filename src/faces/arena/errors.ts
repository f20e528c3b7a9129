import type { Issue, Problem } from "../../transport/http/refusal.ts";
import { exactJson, type Answer } from "../../transport/http/route.ts";

/** One entry of a list of faults, as FastAPI words it. */
interface Fault {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, unknown>> | undefined;
}

/** `{detail}`: a sentence, or for a request of the wrong form 422 and a list of all that is wrong. */
export function refuse(problem: Problem): Answer {
  const isOfWrongForm = problem.code === "bad_json" || problem.code === "invalid_field";
  const answer = exactJson(isOfWrongForm ? 422 : problem.status, { detail: detailOf(problem) });
  return problem.code === "replays_busy" ? answer.with("retry-after", "1") : answer;
}

/** What is wrong, in the document's words: a sentence, or a list of faults. */
export function detailOf({ code, message, issues }: Problem): string | readonly Fault[] {
  switch (code) {
    case "bad_json":
      return (issues ?? [{ path: ["body", 0], kind: code, message }]).map((issue) =>
        issue.kind === "too_deep" ? fault(issue) : brokenJson(issue),
      );
    case "invalid_field":
      return (issues ?? [{ path: ["body"], kind: "value_error", message, input: null }]).map(fault);
    default:
      return message;
  }
}

function brokenJson({ path, message }: Issue): Fault {
  return { type: "json_invalid", loc: path, msg: "JSON decode error", input: {}, ctx: { error: message } };
}

function fault({ path, kind, message, input, context }: Issue): Fault {
  // Only a whole body is left to the schemas' own codes.
  if (kind === "invalid_type") {
    return input === null
      ? { type: "missing", loc: path, msg: "Field required", input }
      : {
          type: "model_attributes_type",
          loc: path,
          msg: "Input should be a valid dictionary or object to extract fields from",
          input,
        };
  }
  // A list that is too long is not sent back.
  const shown = kind === "too_long" ? null : (input ?? null);
  return { type: kind, loc: path, msg: message, input: shown, ctx: context };
}
