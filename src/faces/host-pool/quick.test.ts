import { expect, test } from "bun:test";
import fc from "fast-check";
import { expectToReadAs } from "../../../test/support/quick-reader.ts";
import { quickBeat, quickFind } from "./quick.ts";
import { findBody, heartbeatBody } from "./schema.ts";

/** Texts as long as a bound and one more, beside all others. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "idle", "busy", "x"),
  fc.constantFrom(64, 65, 128, 129, 256, 257).map((length) => "é".repeat(length)),
);
const anything = fc.oneof(fc.jsonValue(), text, fc.constantFrom(null, undefined, [], {}, 0, true));
const field = fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: anything });

const beats = fc.oneof(
  anything,
  fc.record(
    {
      hostId: field,
      roomId: field,
      region: field,
      status: fc.oneof(fc.constantFrom("idle", "busy", null), field),
      publicIp: field,
      gameInfo: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), anything),
      capacity: anything,
    },
    { requiredKeys: [] },
  ),
);

test("a beat that is read quickly is the one that the schema reads", () => {
  expectToReadAs(heartbeatBody, quickBeat, beats);
});

test("so is a find", () => {
  const finds = fc.oneof(anything, fc.record({ region: field, more: anything }, { requiredKeys: [] }));
  expectToReadAs(findBody, quickFind, finds, { runs: 2_000 });
});

test("what hosts and clients usually send is read quickly", () => {
  const beat = { hostId: "h", roomId: "r", region: "eu", status: "idle", capacity: 1, gameInfo: { name: "Desktop" } };
  expect(quickBeat(beat)).not.toBeNull();
  expect(quickBeat({ hostId: "h", roomId: "r" })).not.toBeNull();
  expect([quickFind({}), quickFind({ region: "eu" })]).not.toContain(null);
});
