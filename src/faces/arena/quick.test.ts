import { expect, test } from "bun:test";
import fc from "fast-check";
import { expectToReadAs } from "../../../test/support/quick-reader.ts";
import { quickJoin } from "./quick.ts";
import { joinBody, jsonRules } from "./schema.ts";

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "\u0000", "\ud800", "😀".repeat(64), "12"),
  fc.constantFrom(64, 65, 256, 257).map((length) => "é".repeat(length)),
);
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -0, -1, 0.5, 2 ** 53 - 1, 2 ** 53, 1e21));
const anything = fc.oneof(fc.jsonValue(), text, number, fc.constantFrom(null, undefined, [], {}, true));
const field = fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: anything });

const joins = fc.oneof(
  anything,
  fc.record(
    {
      connect_code: field,
      fighter_name: field,
      wallet_address: field,
      agent_id: fc.oneof(number, anything),
      more: anything,
    },
    { requiredKeys: [] },
  ),
);

test("a join that is read quickly is the one that the schema reads", () => {
  expectToReadAs(joinBody, quickJoin, joins, { rules: jsonRules });
});

test("what players usually send is read quickly", () => {
  const whole = { connect_code: "A#1", fighter_name: "f", wallet_address: "0x1", agent_id: 7 };
  for (const join of [whole, { connect_code: "A#1" }, { ...whole, agent_id: null, more: 1 }]) {
    expect(quickJoin(join)).not.toBeNull();
  }
});
