import type { Issue, Problem } from "../../transport/http/refusal.ts";
import { exactJson } from "../../transport/http/route.ts";

/** One entry of a list of faults, as FastAPI words it. */
interface Fault {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, unknown>> | undefined;
}

/** `{detail}`: a sentence, or for a request of the wrong form 422 and a list of all that is wrong. */
export function refuse({ code, status, message, issues }: Problem): Response {
  switch (code) {
    case "bad_json":
      return exactJson(422, { detail: (issues ?? [{ path: ["body", 0], kind: code, message }]).map(brokenJson) });
    case "invalid_field":
      return exactJson(422, {
        detail: (issues ?? [{ path: ["body"], kind: "value_error", message, input: null }]).map(fault),
      });
    default:
      return exactJson(status, { detail: message });
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
  return { type: kind, loc: path, msg: message, input: input ?? null, ctx: context };
}
