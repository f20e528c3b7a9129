import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { OpenApiDocument, Operation } from "../../src/transport/openapi/types.ts";
import { operationsOf } from "../support/openapi.ts";
import type { Answer } from "./http-line.ts";
import type { Filled } from "./http-requests.ts";

/** Says what is wrong with an answer; null if nothing is. */
export type Verdict = (request: Filled, answer: Answer, body: unknown) => string | null;

/** Refused before any of our code sees them, with an empty body: what is no HTTP, or has too large a head. */
const RUNTIME_REFUSES = new Set([400, 431]);

/** An answer has a status that is declared for its operation, and the body that is declared for the status. */
export function verdictBy(document: OpenApiDocument): Verdict {
  const operations = new Map(operationsOf(document).map((one) => [one.id, one]));
  const ajv = new Ajv2020({ strict: false });
  addFormats(ajv);
  const compiled = new Map<string, ValidateFunction | null>();

  const schemaOf = (id: string, operation: Operation, status: number): ValidateFunction | null => {
    const key = `${id} ${status}`;
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const schema = operation.responses[status]?.content?.["application/json"]?.schema;
    const made = schema === undefined ? null : ajv.compile({ ...schema, components: document.components });
    compiled.set(key, made);
    return made;
  };

  return ({ plan, isItself }, { status, headers, body: bytes }, body) => {
    if (status >= 500 && status !== 503) return `${status}`;
    const isOwn = plan.method === operations.get(plan.id)?.method && isItself;
    if (!isOwn) return null;
    if (RUNTIME_REFUSES.has(status) && bytes.length === 0) return null;
    const { operation } = operations.get(plan.id)!;
    const declared = operation.responses[status];
    if (declared === undefined) return `${status} is not declared`;
    const types = Object.keys(declared.content ?? {});
    const type = headers.get("content-type") ?? "";
    if (types.length === 0) return bytes.length === 0 ? null : `${status} has a body`;
    if (!types.some((one) => type.startsWith(one))) return `${status} is ${type}, not ${types.join()}`;
    const fits = schemaOf(plan.id, operation, status);
    if (fits === null || fits(body)) return null;
    return `${status}: ${ajv.errorsText(fits.errors)}`;
  };
}
