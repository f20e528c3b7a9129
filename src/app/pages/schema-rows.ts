import type { JsonSchema } from "../../transport/openapi/types.ts";

/** One field of a body, as a line of a table. */
export interface SchemaRow {
  /** Where it is: `queues.male`, `hosts[].id`. */
  readonly field: string;
  /** In words: `string`, `array of integer`, `"idle" or "busy"`. */
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

type Schemas = Readonly<Record<string, JsonSchema>>;

/** The fields of a body from the outside in, so that a person can read them. A body without fields has none. */
export function schemaRows(schema: JsonSchema, components: Schemas, at = ""): readonly SchemaRow[] {
  const whole = resolve(schema, components);
  if (whole.items !== undefined) return schemaRows(whole.items, components, `${at}[]`);
  const rows = alternatives(whole).flatMap((one) => schemaRows(one, components, at));
  for (const [name, property] of Object.entries(whole.properties ?? {})) {
    const field = at === "" ? name : `${at}.${name}`;
    const required = whole.required?.includes(name) ?? false;
    rows.push({ field, type: typeText(property, components), required, description: about(property, components) });
    rows.push(...schemaRows(property, components, field));
  }
  return rows;
}

/** A schema's type in words. */
export function typeText(schema: JsonSchema, components: Schemas): string {
  const whole = resolve(schema, components);
  if (whole.const !== undefined) return JSON.stringify(whole.const);
  if (whole.enum !== undefined) return whole.enum.map((value) => JSON.stringify(value)).join(" or ");
  const choice = alternatives(whole);
  if (choice.length > 0) return [...new Set(choice.map((one) => typeText(one, components)))].join(" or ");
  if (whole.items !== undefined) return `array of ${typeText(whole.items, components)}`;
  return whole.type === undefined ? "anything" : [whole.type].flat().join(" or ");
}

/** The description, and what the value must keep to. */
function about(schema: JsonSchema, components: Schemas): string {
  const whole = resolve(schema, components);
  const bounds = [whole, ...alternatives(whole)].flatMap(boundsOf);
  return [schema.description ?? whole.description ?? "", sentence(bounds.join(", "))]
    .filter((part) => part !== "")
    .join(" ");
}

function sentence(text: string): string {
  return text === "" ? "" : `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

function boundsOf(schema: JsonSchema): readonly string[] {
  const { minimum, maximum, minLength, maxLength, maxItems, format } = schema;
  const parts: string[] = [];
  if (typeof format === "string") parts.push(format);
  // What merely says that a number must be one that is exact is no bound worth reading.
  if (typeof minimum === "number" && minimum > Number.MIN_SAFE_INTEGER) parts.push(`at least ${minimum}`);
  if (typeof maximum === "number" && maximum < Number.MAX_SAFE_INTEGER) parts.push(`at most ${maximum}`);
  if (typeof minLength === "number" && minLength > 1) parts.push(`at least ${minLength} characters`);
  if (minLength === 1) parts.push("not empty");
  if (typeof maxLength === "number") parts.push(`at most ${maxLength} characters`);
  if (typeof maxItems === "number") parts.push(`at most ${maxItems} entries`);
  if (schema.default !== undefined) parts.push(`default ${JSON.stringify(schema.default)}`);
  return parts;
}

function alternatives({ anyOf, oneOf }: JsonSchema): JsonSchema[] {
  return [...(anyOf ?? []), ...(oneOf ?? [])];
}

function resolve(schema: JsonSchema, components: Schemas): JsonSchema {
  const name = schema.$ref?.split("/").at(-1);
  return name === undefined ? schema : (components[name] ?? {});
}
