import { z } from "zod";
import type { JsonSchema } from "./types.ts";

export type Dialect = "draft-2020-12" | "draft-7";

/**
 * Writes zod schemas as JSON Schema. One with an id (`.meta({ id: "Host" })`) is written once, below
 * `#/components/schemas`, and referred to; all others stand where they are used.
 */
export class SchemaBook {
  readonly #named = new Map<string, { readonly schema: JsonSchema; readonly text: string }>();
  readonly #target: Dialect;

  /** @param target the JSON Schema to write: OpenAPI 3.1 has draft 2020-12, AsyncAPI 3.0 draft 7 */
  constructor(target: Dialect = "draft-2020-12") {
    this.#target = target;
  }

  /**
   * @param side `input`: what a caller may send, before transforms and defaults. `output`: what it gets, whole.
   * @throws {Error} if two different schemas have one id
   */
  write(schema: z.ZodType, side: "input" | "output"): JsonSchema {
    const how = { io: side, unrepresentable: "any", target: this.#target } as const;
    const { $schema: _, $defs, definitions, ...written } = z.toJSONSchema(schema, how);
    for (const [id, definition] of Object.entries($defs ?? definitions ?? {}))
      this.#name(id, pointed(definition as JsonSchema));
    return pointed(written as JsonSchema);
  }

  /** All schemas with an id so far. */
  get components(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.#named].map(([id, { schema }]) => [id, schema]));
  }

  #name(id: string, schema: JsonSchema): void {
    const text = JSON.stringify(schema);
    const known = this.#named.get(id);
    if (known !== undefined && known.text !== text) throw new Error(`two schemas have the id ${id}`);
    this.#named.set(id, { schema, text });
  }
}

/** References lead into the schema itself at first, and into the document afterwards. */
function pointed<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (key: string, inner: unknown) =>
    key === "$ref" && typeof inner === "string"
      ? inner.replace(/^#\/(\$defs|definitions)\//, "#/components/schemas/")
      : inner,
  ) as Value;
}
