import type { z } from "zod";
import { Refusal, type Issue } from "./refusal.ts";

/** The most issues a refusal carries. */
export const MAX_ISSUES = 50;

/**
 * Checks a value from outside against a schema, once, at the edge.
 *
 * @throws {Refusal} invalid_field: the message names the first field at fault, the issues all of them
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown, place: "path" | "query" | "body"): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refusal("invalid_field", sayWhatIsWrong(result.error), issuesOf(result.error, value, place));
}

/**
 * Checks a body that is empty as if it were `{}`.
 *
 * @throws {Refusal} invalid_field: the message names the first field at fault, the one issue the body
 */
export function validateEmpty<T>(schema: z.ZodType<T>): T {
  const result = schema.safeParse({});
  if (result.success) return result.data;
  const missing = { path: ["body"], kind: "missing", message: "Field required", input: null };
  throw new Refusal("invalid_field", sayWhatIsWrong(result.error), [missing]);
}

/** A schema's own issues (`code: "custom"`) may name their kind and its context in `params`. */
function issuesOf({ issues }: z.ZodError, value: unknown, place: string): readonly Issue[] {
  return issues.slice(0, MAX_ISSUES).map((issue) => {
    const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    const found = at(value, path);
    const params = issue.code === "custom" ? issue.params : undefined;
    return {
      path: [place, ...path],
      kind: typeof params?.["kind"] === "string" ? params["kind"] : issue.code,
      message: issue.message,
      input: found === undefined ? at(value, path.slice(0, -1)) : found,
      context: params?.["context"] as Issue["context"],
    };
  });
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown> | null)?.[step], value);
}

/** The first issue as a sentence that begins with the field's name. */
export function sayWhatIsWrong(error: z.ZodError): string {
  const issue = error.issues[0]!;
  const field = issue.path.length === 0 ? "body" : issue.path.join(".");
  if (issue.code === "invalid_type") {
    // A missing field reads better as missing than as a wrong type.
    return issue.input === undefined && issue.message.endsWith("received undefined")
      ? `${field} is required`
      : `${field} must be ${article(issue.expected)}`;
  }
  return `${field}: ${issue.message}`;
}

function article(type: string): string {
  if (type === "int") return "a whole number";
  return `${/^[aeio]/.test(type) ? "an" : "a"} ${type}`;
}
