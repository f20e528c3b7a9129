import { beforeEach, describe, expect, test } from "bun:test";
import type { WireFields } from "../../src/ports/wire-fields.ts";

/** The store as another program sees it. */
export interface OtherHashProgram {
  setField(key: string, field: string, value: string): Promise<unknown>;
  setText(key: string, value: string): Promise<unknown>;
  ttlMs(key: string): Promise<number>;
}

/** Every sentence of the port's comment, run against one adapter. */
export function wireFieldsContract(adapter: string, make: () => { fields: WireFields; other: OtherHashProgram }): void {
  describe(`wire fields on ${adapter}`, () => {
    let fields: WireFields;
    let other: OtherHashProgram;
    let key: string;
    let names = 0;
    const content = async () => Object.fromEntries(await fields.all(key));

    beforeEach(() => {
      ({ fields, other } = make());
      key = `hash:${names++}:{`;
    });

    test("put writes a field beside the others, and never shortens the life of the hash", async () => {
      expect(await content()).toEqual({});
      await fields.put(key, "a", "1", 1, 30_000);
      await fields.put(key, "b", "2", 1, 5_000);
      await other.setField(key, "c", "theirs");
      expect(await content()).toEqual({ a: "1", b: "2", c: "theirs" });
      expect(await other.ttlMs(key)).toBeGreaterThan(29_000);
      await fields.put(key, "b", "2", 2, 60_000);
      expect(await other.ttlMs(key)).toBeGreaterThan(59_000);
    });

    test("a hash that another program lets live for ever goes on doing so", async () => {
      await other.setField(key, "c", "theirs");
      await fields.put(key, "a", "1", 1, 30_000);
      expect(await other.ttlMs(key)).toBe(-1);
    });

    test("a write older than the last leaves its field as it is, and prolongs the hash", async () => {
      await fields.put(key, "a", "new", 5, 5_000);
      await fields.put(key, "a", "old", 4, 30_000);
      await fields.withdraw(key, "a", "new", 5);
      expect(await content()).toEqual({ a: "new" });
      expect(await other.ttlMs(key)).toBeGreaterThan(29_000);
      await fields.put(key, "b", "its own revision", 1, 30_000);
      expect(await content()).toEqual({ a: "new", b: "its own revision" });
    });

    test("withdraw removes what it names, and not what another program wrote", async () => {
      await fields.put(key, "a", "ours", 1, 30_000);
      await other.setField(key, "a", "theirs");
      await fields.withdraw(key, "a", "ours", 2);
      expect(await content()).toEqual({ a: "theirs" });
      await fields.put(key, "a", "ours", 3, 30_000);
      await fields.withdraw(key, "a", "ours", 4);
      expect(await content()).toEqual({});
      await fields.put(key, "a", "late", 3, 30_000);
      expect(await content()).toEqual({});
    });

    test("of many writes at once the newest stays", async () => {
      const revisions = Array.from({ length: 200 }, (_, n) => n + 1).sort(() => Math.random() - 0.5);
      await Promise.all(revisions.map((revision) => fields.put(key, "a", `${revision}`, revision, 30_000)));
      expect(await content()).toEqual({ a: "200" });
    });

    test("what is no hash has no fields", async () => {
      await other.setText(key, "text");
      expect(await content()).toEqual({});
    });

    test("what is no hash is left alone", async () => {
      await other.setText(key, "text");
      await fields.put(key, "a", "1", 1, 30_000);
      await fields.withdraw(key, "a", "1", 2);
      expect(await content()).toEqual({});
      expect(await other.ttlMs(key)).toBe(-1);
    });
  });
}
