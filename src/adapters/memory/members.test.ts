import { expect, test } from "bun:test";
import fc from "fast-check";
import { Kept, Members } from "./members.ts";

/** More members than are kept in a list. */
const MEMBERS = Array.from({ length: 12 }, (_, at) => `member ${at}`);
const GROUPS = ["one", "other"];

const step = fc.record({
  isPut: fc.boolean(),
  group: fc.constantFrom(...GROUPS),
  member: fc.constantFrom(...MEMBERS),
});
const steps = fc.array(step, { maxLength: 80, size: "max" });

test("each group is a map, however many are in it, and is gone with its last member", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const [members, maps] = [new Members(), new Map<string, Map<string, Kept>>()];
      for (const [since, { isPut, group, member }] of all.entries()) {
        const map = maps.get(group) ?? new Map<string, Kept>();
        if (isPut) {
          const kept = new Kept({ group, member, connection: "socket", node: "node", value: "" }, since, since);
          members.put(kept);
          maps.set(group, map.set(member, kept));
        } else {
          members.delete(group, member);
          map.delete(member);
        }
        if (map.size === 0) maps.delete(group);
        expect([...members.names()]).toEqual([...maps.keys()]);
        for (const name of GROUPS) expect([...members.of(name)]).toEqual([...(maps.get(name)?.values() ?? [])]);
        expect([...members.all()]).toEqual([...maps.values()].flatMap((map) => [...map.values()]));
        expect(members.get(group, member)).toBe(map.get(member));
      }
    }),
  );
});

test("who goes through a group misses nobody for those who are removed meanwhile", () => {
  for (const count of [8, 12]) {
    const members = new Members();
    const all = MEMBERS.slice(0, count);
    for (const member of all) {
      members.put(new Kept({ group: "one", member, connection: "socket", node: "node", value: "" }, 0, 0));
    }
    const met: string[] = [];
    for (const { member } of members.all()) {
      met.push(member);
      members.delete("one", member);
    }
    expect(met).toEqual(all);
    expect([...members.names()]).toEqual([]);
  }
});
