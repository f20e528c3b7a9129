import { expect, test } from "bun:test";
import fc from "fast-check";
import { Groups } from "./groups.ts";

/** More keys than are kept in a list. */
const KEYS = Array.from({ length: 12 }, (_, at) => `key ${at}`);
const NAMES = ["one", "other"];

const place = { name: fc.constantFrom(...NAMES), key: fc.constantFrom(...KEYS) };
const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("put" as const), ...place, value: fc.integer() }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("delete" as const), ...place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("drop" as const, "toEnd" as const), ...place }) },
);

interface Member {
  readonly key: string;
  readonly value: number;
}

test("each group is a map, however many there are in it", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
      const groups = new Groups<Member>(({ key }) => key);
      const maps = new Map<string, Map<string, Member>>();
      for (const one of steps) {
        const { kind, name, key } = one;
        const map = maps.get(name) ?? new Map<string, Member>();
        if (kind === "put") {
          groups.put(name, { key, value: one.value });
          maps.set(name, map.set(key, { key, value: one.value }));
        } else if (kind === "delete") expect(groups.delete(name, key)).toBe(map.delete(key));
        else if (kind === "drop") {
          expect(groups.drop(name)).toBe(map.size);
          map.clear();
        } else {
          groups.toEnd(name);
          if (maps.delete(name)) maps.set(name, map);
        }
        if (map.size === 0) maps.delete(name);
        expect(groups.count).toBe(maps.size);
        expect(groups.first()).toBe(maps.keys().next().value);
        for (const name of NAMES) {
          expect(groups.of(name)).toEqual([...(maps.get(name)?.values() ?? [])]);
          for (const key of KEYS) expect(groups.get(name, key)).toEqual(maps.get(name)?.get(key));
        }
      }
    }),
  );
});
