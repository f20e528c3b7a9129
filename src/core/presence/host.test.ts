import { expect, test } from "bun:test";
import { heapStats } from "bun:jsc";
import type { Lease } from "../../ports/leases.ts";
import { carry, hostOf, type Carried } from "./host.ts";

const lease: Omit<Lease, "value"> = {
  id: "h",
  group: "eu",
  alias: "room",
  state: "idle",
  hold: null,
  expiresAt: 30_000,
  epoch: 0,
  revision: 1,
};
const carried = (info: unknown, subject?: string): Carried => {
  return { publicIp: "192.0.2.7", info, beatAt: 7, foreign: false, subject };
};

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

test("what could take many times the memory of its text is kept as its text", () => {
  const kept = (info: unknown): string => typeof carry(carried(info));
  const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, n]));
  for (const info of [{}, { name: "x", specs: null }, fields(4), "text", null]) expect(kept(info)).toBe("object");
  for (const info of [fields(5), { list: [[], [], []] }, { deep: {} }, [{}], { 999: 1 }, { "4294967295": 1 }]) {
    expect(kept(info)).toBe("string");
  }
});

test("hosts that describe themselves with strange names take no more memory than their texts would", () => {
  const HOSTS = 2_000;
  const bytes = (infoOf: (n: number) => unknown): number => {
    const before = heapSize();
    const all = Array.from({ length: HOSTS }, (_, n) => carry(carried(JSON.parse(JSON.stringify(infoOf(n))))));
    const size = heapSize() - before;
    expect(all).toHaveLength(HOSTS);
    return size / HOSTS;
  };
  const plain = bytes((n) => ({ name: `host ${n}`, specs: "Generic Host" }));
  for (const infoOf of [
    () => ({ 999: 1 }),
    (n: number) => Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`k${n}x${at}`, 1])),
    () => ({ list: Array.from({ length: 30 }, () => []) }),
  ]) {
    expect(bytes(infoOf)).toBeLessThan(plain + 1_000);
  }
});

/** In bytes, of what is alive. */
function heapSize(): number {
  Bun.gc(true);
  const { heapSize: size, extraMemorySize } = heapStats();
  return size + extraMemorySize;
}
