import { expect } from "bun:test";
import fc from "fast-check";
import type { z } from "zod";
import { parseJson, type JsonRules } from "../../src/transport/http/json.ts";

/** Enough values must be read quickly for the comparison to mean anything. */
const LEAST_READ = 50;

const DROPPING: JsonRules = { unsafeKeys: "drop" };

/**
 * Holds a reader of what is usually sent against the schema that has the word: whatever it reads, the schema reads the
 * same. Values are as they come out of a body: what no body can hold, the reader need not know.
 */
export function expectToReadAs<Body>(
  schema: z.ZodType<Body>,
  quick: (value: unknown) => Body | null,
  values: fc.Arbitrary<unknown>,
  { runs = 3_000, rules = DROPPING }: { readonly runs?: number; readonly rules?: JsonRules } = {},
): void {
  const sent = (value: unknown): unknown => parseJson(JSON.stringify(value) ?? "null", rules);
  let count = 0;
  fc.assert(
    fc.property(values.map(sent), (value) => {
      const read = quick(value);
      if (read === null) return;
      count++;
      expect(schema.safeParse(value)).toEqual({ success: true, data: read });
    }),
    { numRuns: runs },
  );
  expect(count).toBeGreaterThan(LEAST_READ);
}
