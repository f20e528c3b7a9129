import { expect, test } from "bun:test";
import type { Lease } from "../../ports/leases.ts";
import { carry, hostOf, type Carried } from "./host.ts";

const lease = {
  ...{ id: "h", group: "eu", alias: "room", state: "idle", hold: null, expiresAt: 30_000, epoch: 0, revision: 1 },
} satisfies Omit<Lease, "value">;
const carried = (info: unknown, subject?: string): Carried => ({
  ...{ publicIp: "192.0.2.7", info, beatAt: 7, foreign: false, subject },
});

test("a host is the same whether its lease hands back what it was given or the JSON of that", () => {
  for (const one of [carried({ name: "x", cores: 8 }), carried({ deep: { deeper: [1] } }, "someone"), carried(null)]) {
    const given = carry(one);
    const written = typeof given === "string" ? given : JSON.stringify(given);
    for (const value of [given, written]) {
      const { publicIp, info, beatAt, foreign, subject, room } = hostOf({ ...lease, value });
      expect({ publicIp, info, beatAt, foreign, subject, room }).toEqual({
        ...one,
        subject: one.subject ?? null,
        room: "room",
      });
    }
  }
});

test("what nests, or has many fields, is kept as its text, which takes a fraction of the memory", () => {
  const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, n]));
  expect(typeof carry(carried({ name: "x", specs: null }))).toBe("object");
  expect(typeof carry(carried(fields(16)))).toBe("object");
  for (const info of [fields(17), { list: [[], [], []] }, { deep: {} }, [{}]]) {
    expect(typeof carry(carried(info))).toBe("string");
  }
});
