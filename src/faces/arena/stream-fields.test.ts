import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { z } from "zod";
import { problemOf } from "../../transport/http/refusal.ts";
import { parseJson } from "../../transport/http/json.ts";
import { validate } from "../../transport/http/validate.ts";
import { jsonRules } from "./schema.ts";
import { frameBody, framesBody } from "./stream-schema.ts";

/** What a frame goes on as, and each thing that is wrong with it: its kind and where it is. */
const taken = (text: string) => JSON.parse(validate(frameBody, parseJson(text, jsonRules), "body").text);
function faults(text: string, schema: z.ZodType = frameBody): readonly (readonly unknown[])[] {
  try {
    validate(schema, parseJson(text, jsonRules), "body");
    return [];
  } catch (error) {
    return problemOf(error)!.issues!.map(({ kind, path }) => [kind, ...path.slice(1)]);
  }
}

describe("numbers of a frame that come as text", () => {
  test("are whole only without a point and an exponent", () => {
    expect(taken('{"frame":" +9 ","players":[{"port":"1","stocks":"04","x":" 1.5e2 "}]}')).toMatchObject({
      frame: 9,
      players: [{ port: 1, stocks: 4, x: 150 }],
    });
    for (const text of ["x", "", " ", "1.5", "9.0", "9.", "1e2", "0x10", "1_000", "Infinity", "9".repeat(200)]) {
      const frame = JSON.stringify(text);
      expect([text, faults(`{"frame":${frame},"players":[]}`)]).toEqual([text, [["int_parsing", "frame"]]]);
      const port = ["int_parsing", "players", 0, "port"];
      expect([text, faults(`{"frame":1,"players":[{"port":${frame}}]}`)]).toEqual([text, [port]]);
    }
  });

  test("are refused by the first that holds: no number, no finite one, a fraction, too small, too large", () => {
    for (const [value, kind] of [
      ["true", "int_type"],
      ["null", "int_type"],
      ["[]", "int_type"],
      ["{}", "int_type"],
      ["1e999", "finite_number"],
      ["-1e999", "finite_number"],
      ["-124.5", "int_from_float"],
      ["-124", "greater_than_equal"],
      ['"-124"', "greater_than_equal"],
      ["1e300", "less_than_equal"],
      [`"${"9".repeat(128)}"`, "less_than_equal"],
    ] as const) {
      expect([value, faults(`{"frame":${value},"players":[]}`)]).toEqual([value, [[kind, "frame"]]]);
    }
    for (const fraction of ["9007199254740993.5", "1.00000000000000000001", "1e-400", "300.00000000000000000001"]) {
      expect([fraction, faults(`{"frame":${fraction},"players":[]}`)]).toEqual([
        fraction,
        [["int_from_float", "frame"]],
      ]);
    }
    for (const [value, kind] of [
      ['"x"', "float_parsing"],
      ['"1e999"', "finite_number"],
      ["1e999", "finite_number"],
      ["[]", "float_type"],
    ] as const) {
      const fault = [kind, "players", 0, "x"];
      expect([value, faults(`{"frame":1,"players":[{"port":1,"x":${value}}]}`)]).toEqual([value, [fault]]);
    }
  });
});

test("a number that no double shows is the nearest one, where it need not be whole", () => {
  const players =
    '[{"port":1,"x":1.00000000000000000001,"y":-1e-400,"percent":12345678901234567.5,"action_frame":1e22}]';
  expect(taken(`{"frame":1,"players":${players}}`)).toMatchObject({
    players: [{ x: 1, y: 0, percent: 12_345_678_901_234_568, actionFrame: 1e22 }],
  });
  expect(faults('{"frame":1,"players":[1e-400,{"port":1,"is_invincible":1.00000000000000000001}]}')).toEqual([
    ["model_attributes_type", "players", 0],
    ["bool_type", "players", 1, "is_invincible"],
  ]);
});

describe("all that is wrong with a frame", () => {
  test("is listed in the order of its fields, that of each of its players, too", () => {
    expect(faults("{}")).toEqual([
      ["missing", "frame"],
      ["missing", "players"],
    ]);
    const players = '[{"port":"x","stocks":-1,"is_invincible":"maybe"},{"x":[]},7,{"port":null},{"port":1}]';
    expect(faults(`{"frame":1.5,"players":${players.replace(/,\{"port":1\}\]$/, "]")}}`)).toEqual([
      ["int_from_float", "frame"],
      ["int_parsing", "players", 0, "port"],
      ["greater_than_equal", "players", 0, "stocks"],
      ["bool_type", "players", 0, "is_invincible"],
      ["missing", "players", 1, "port"],
      ["float_type", "players", 1, "x"],
      ["model_attributes_type", "players", 2],
      ["int_type", "players", 3, "port"],
    ]);
    expect(faults(`{"players":${players}}`)).toEqual([
      ["missing", "frame"],
      ["too_long", "players"],
    ]);
    expect(faults('{"frame":"x","players":{}}')).toEqual([
      ["int_parsing", "frame"],
      ["list_type", "players"],
    ]);
  });

  test("is listed for every frame of a list, fifty at most", () => {
    const frames = '[{"frame":1,"players":[]},{"frame":2},[],{"players":[{}]}]';
    expect(faults(`{"frames":${frames}}`, framesBody)).toEqual([
      ["missing", "frames", 1, "players"],
      ["model_attributes_type", "frames", 2],
      ["missing", "frames", 3, "frame"],
      ["missing", "frames", 3, "players", 0, "port"],
    ]);
    const many = JSON.stringify({ frames: Array.from({ length: 600 }, () => ({ players: [{}, {}] })) });
    expect(faults(many, framesBody)).toHaveLength(50);
  });

  test("is something exactly if the frame is not taken", () => {
    const value = fc.oneof(
      fc.constantFrom(null, true, 0, 1, -1, 1.5, 256, 70_000, 2 ** 40, Infinity, NaN, "1", "x", "1.5", "1e999", [], {}),
      fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    );
    const player = fc.record(
      Object.fromEntries(["port", "x", "action_state_id", "stocks", "is_invincible"].map((name) => [name, value])),
      { requiredKeys: [] },
    );
    const frame = fc.record(
      { frame: value, players: fc.oneof(value, fc.array(fc.oneof(player, value), { maxLength: 5 })) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(frame, (one) => {
        const { success, data, error } = frameBody.safeParse(one);
        if (success) expect(JSON.parse(data.text).players).toHaveLength((one["players"] as unknown[]).length);
        else expect(error.issues.length).toBeGreaterThan(0);
      }),
    );
  });
});
