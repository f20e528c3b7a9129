import { describe, expect, test } from "bun:test";
import { problemOf } from "../../transport/http/refusal.ts";
import { parseJson } from "../../transport/http/json.ts";
import { validate } from "../../transport/http/validate.ts";
import { jsonRules } from "./schema.ts";
import { frameBody } from "./stream-schema.ts";

/** What a frame goes on as, and each thing that is wrong with it: its kind and where it is. */
const taken = (text: string) => JSON.parse(validate(frameBody, parseJson(text, jsonRules), "body").text);
function faults(text: string): readonly (readonly unknown[])[] {
  try {
    taken(text);
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
