import { expect, test } from "bun:test";
import fc from "fast-check";
import { FewMap } from "./few-map.ts";

/** More keys than are kept in a list. */
const key = fc.integer({ min: 0, max: 11 });
const step = fc.oneof(fc.record({ set: key, value: fc.integer() }), fc.record({ delete: key }));

test("it is a map, however many entries it holds", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [few, map] = [new FewMap<number, number>(), new Map<number, number>()];
      for (const one of steps) {
        if ("set" in one) {
          few.set(one.set, one.value);
          map.set(one.set, one.value);
        } else expect(few.delete(one.delete)).toBe(map.delete(one.delete));
        expect(few.size).toBe(map.size);
        expect(few.values()).toEqual([...map.values()]);
        for (let at = 0; at <= 11; at++) expect(few.get(at)).toBe(map.get(at));
      }
    }),
  );
});
