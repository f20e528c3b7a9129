import { expect, test } from "bun:test";
import fc from "fast-check";
import { expectToReadAs } from "../../../test/support/quick-reader.ts";
import { parseJson } from "../../transport/http/json.ts";
import { quickBeat } from "./quick.ts";
import { heartbeatBody } from "./schema.ts";

/** Numbers at each bound and beyond it, beside all others. */
const number = fc.oneof(
  fc.nat(100),
  fc.double(),
  fc.constantFrom(0, -0, -1, 100, 100.5, 1e6, 1e6 + 1, 3_600_000, 3_600_001, 1e9, 1e9 + 1, 2 ** 53),
);
const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(null, undefined, [], {}, "1", true));
const field = fc.oneof({ weight: 8, arbitrary: number }, { weight: 1, arbitrary: anything });

const beats = fc.oneof(
  { weight: 1, arbitrary: anything },
  {
    weight: 8,
    arbitrary: fc.record(
      {
        latency_ms: field,
        packet_loss_percent: field,
        bandwidth_usage_mbps: field,
        current_players: field,
        more: field,
      },
      { requiredKeys: [] },
    ),
  },
);

test("a heartbeat that is read quickly is the one that the schema reads", () => {
  expectToReadAs(heartbeatBody, quickBeat, beats);
});

test("a number too large for JSON is the schema's to refuse", () => {
  expect(quickBeat(parseJson('{"bandwidth_usage_mbps":1e999}', { unsafeKeys: "drop" }))).toBeNull();
});

test("what hosts usually send is read quickly", () => {
  const whole = { latency_ms: 25.5, packet_loss_percent: 0.1, bandwidth_usage_mbps: 50, current_players: 10 };
  for (const usual of [whole, { latency_ms: 3 }, {}]) expect(quickBeat(usual)).not.toBeNull();
});
