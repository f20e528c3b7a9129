import { describe, expect, test } from "bun:test";
import Ajv2020 from "ajv/dist/2020.js";
import fc from "fast-check";
import type { JsonSchema } from "../../src/transport/openapi/types.ts";
import { frameOf } from "../support/raw-socket.ts";
import { damaged, damages } from "./bytes.ts";
import { bombard } from "./campaign.ts";
import { nearly } from "./hostile.ts";
import { Knowledge, namesIn, reference } from "./knowledge.ts";
import { valuesOf } from "./values.ts";
import type { World } from "./world.ts";

const schema: JsonSchema = {
  type: "object",
  required: ["name", "count"],
  properties: {
    name: { type: "string", minLength: 1, maxLength: 8 },
    count: { type: "integer", minimum: -5, maximum: 5 },
    list: { type: "array", maxItems: 3, items: { anyOf: [{ type: "null" }, { enum: ["a", "b"] }] } },
    code: { type: "string", pattern: "^\\d{1,4}$" },
  },
};

describe("values of a schema", () => {
  test("are what the schema asks for", () => {
    const check = new Ajv2020().compile(schema);
    fc.assert(fc.property(valuesOf(schema, {}), (value) => check(value)));
  });

  test("nearly good are wrong more often than not, and never the same twice for two seeds", () => {
    const check = new Ajv2020().compile(schema);
    const isGood = (text: string): boolean => {
      try {
        return check(JSON.parse(text));
      } catch {
        return false;
      }
    };
    const [one, again, other] = [1, 1, 2].map((seed) =>
      fc.sample(nearly(valuesOf(schema, {})), { seed, numRuns: 200 }),
    );
    expect(one).toEqual(again);
    expect(one).not.toEqual(other);
    expect(one!.filter((text) => !isGood(text)).length).toBeGreaterThan(100);
  });
});

describe("what is known", () => {
  test("fills references with what was told together", () => {
    const knowledge = new Knowledge();
    knowledge.learn({ match_id: "m1" }, { queue_id: "q1" });
    knowledge.learn({ match_id: "m2", secret: "no" }, { queue_id: "q2" });
    const [text] = fc.sample(
      fc
        .tuple(fc.constant("\uE000match_id:0\uE001/\uE000queue_id:0\uE001"), reference("match_id"))
        .map(([both]) => both),
      1,
    );
    expect(namesIn(text!)).toEqual(["match_id", "queue_id"]);
    const about = knowledge.about(namesIn(text!), 1);
    expect(knowledge.fill(text!, about, 1, (value) => value.toUpperCase())).toBe("M2/Q2");
  });
});

describe("bytes that were good", () => {
  test("are changed in the same way by the same damage", () => {
    const good = frameOf(1, '{"type":"offer"}');
    fc.assert(fc.property(damages, (list) => expect(damaged(good, good, list)).toEqual(damaged(good, good, list))));
  });
});

test("a fault is found, shrunk to what causes it, and told with its seed", async () => {
  const world = { isGone: () => false, troubles: () => [] } as unknown as World;
  const campaign = {
    name: "planted",
    unit: "numbers",
    shot: fc.nat(1_000),
    most: 50,
    open: () => ({
      run: async (shots: readonly number[]) =>
        shots.some((one) => one >= 900) ? [{ kind: "too much", what: `${shots.length}` }] : [],
      tally: new Map<string, number>(),
      close: async () => undefined,
    }),
  };
  const { findings, sent } = await bombard(campaign, world, { seed: 3, count: 200 });
  expect(sent).toBeGreaterThanOrEqual(200);
  expect(findings).toHaveLength(1);
  const smallest = JSON.parse(findings[0]!.smallest) as number[];
  expect(smallest).toHaveLength(1);
  expect(smallest[0]).toBeGreaterThanOrEqual(900);
  expect(findings[0]!.seed).toBeGreaterThanOrEqual(3);
});
