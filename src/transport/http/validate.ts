import type { z } from "zod";
import { Refusal } from "./refusal.ts";

/**
 * Checks a value from outside against a schema, once, at the edge.
 *
 * @throws {Refusal} invalid_field, naming the first field at fault
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refusal("invalid_field", sayWhatIsWrong(result.error));
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
