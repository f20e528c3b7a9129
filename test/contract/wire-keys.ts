import { beforeEach, describe, expect, test } from "bun:test";
import type { WireKeys } from "../../src/ports/wire-keys.ts";

/** The store as another program sees it. */
export interface OtherProgram {
  set(key: string, value: string): Promise<unknown>;
  get(key: string): Promise<string | null>;
  /** Keeps something else than text there. */
  setField(key: string, field: string, value: string): Promise<unknown>;
  ttlMs(key: string): Promise<number>;
}

/** Every sentence of the port's comment, run against one adapter. */
export function wireKeysContract(adapter: string, make: () => { keys: WireKeys; other: OtherProgram }): void {
  describe(`wire keys on ${adapter}`, () => {
    let keys: WireKeys;
    let other: OtherProgram;
    let key: string;
    let names = 0;

    beforeEach(() => {
      ({ keys, other } = make());
      key = `host:${names++}`;
    });

    test("put writes the plain key with its time to live", async () => {
      await keys.put(key, "one", 1, 30_000);
      expect(await other.get(key)).toBe("one");
      const ttl = await other.ttlMs(key);
      expect(ttl).toBeGreaterThan(29_000);
      expect(ttl).toBeLessThanOrEqual(30_000);
    });

    test("replace changes a key that exists and leaves its time to live alone", async () => {
      await keys.put(key, "one", 1, 20_000);
      await keys.replace(key, "two", 2);
      expect(await other.get(key)).toBe("two");
      expect(await other.ttlMs(key)).toBeLessThanOrEqual(20_000);
      await keys.replace(`${key}-missing`, "x", 1);
      expect(await other.get(`${key}-missing`)).toBeNull();
    });

    test("a write older than the last does nothing, whatever the two were", async () => {
      await keys.put(key, "new", 5, 30_000);
      await keys.put(key, "old", 4, 30_000);
      await keys.replace(key, "old", 5);
      await keys.remove(key, 3);
      expect(await other.get(key)).toBe("new");
      await keys.remove(key, 6);
      await keys.put(key, "old", 5, 30_000);
      expect(await other.get(key)).toBeNull();
      await keys.put(key, "again", 7, 30_000);
      expect(await other.get(key)).toBe("again");
    });

    test("withdraw removes what it names, and neither what is newer nor what another program wrote", async () => {
      await keys.put(key, "one", 1, 30_000);
      await keys.put(key, "two", 2, 30_000);
      await keys.withdraw(key, "one", 3);
      expect(await other.get(key)).toBe("two");
      await keys.withdraw(key, "two", 1);
      expect(await other.get(key)).toBe("two");
      await other.set(key, "theirs");
      await keys.withdraw(key, "two", 4);
      expect(await other.get(key)).toBe("theirs");
      await other.set(key, "two");
      await keys.withdraw(key, "two", 5);
      expect(await other.get(key)).toBeNull();
      await keys.put(key, "two", 4, 30_000);
      expect(await other.get(key)).toBeNull();
    });

    test("a put that was overtaken still prolongs the key", async () => {
      await keys.put(key, "one", 1, 5_000);
      await keys.replace(key, "three", 3);
      await keys.put(key, "two", 2, 30_000);
      expect(await other.get(key)).toBe("three");
      expect(await other.ttlMs(key)).toBeGreaterThan(29_000);
    });

    test("of many writes at once the newest stays", async () => {
      const revisions = Array.from({ length: 200 }, (_, n) => n + 1).sort(() => Math.random() - 0.5);
      await Promise.all(revisions.map((revision) => keys.put(key, `${revision}`, revision, 30_000)));
      expect(await other.get(key)).toBe("200");
    });

    test("get tells our own content from another program's", async () => {
      expect(await keys.get(key)).toBeNull();
      await keys.put(key, "ours", 1, 30_000);
      expect(await keys.get(key)).toEqual({ value: "ours", isOurs: true });
      await other.set(key, "theirs");
      expect(await keys.get(key)).toEqual({ value: "theirs", isOurs: false });
      await keys.replace(key, "ours again", 2);
      expect(await keys.get(key)).toEqual({ value: "ours again", isOurs: true });
      await other.set(`${key}-new`, "theirs");
      expect(await keys.get(`${key}-new`)).toEqual({ value: "theirs", isOurs: false });
    });

    test("replaceOwn changes what we wrote, and says what another program has written instead", async () => {
      expect(await keys.replaceOwn(key, "x", 1)).toBe("gone");
      await keys.put(key, "one", 1, 20_000);
      expect(await keys.replaceOwn(key, "two", 2)).toBe("replaced");
      expect(await keys.get(key)).toEqual({ value: "two", isOurs: true });
      expect(await other.ttlMs(key)).toBeWithin(10_000, 20_001);
      expect(await keys.replaceOwn(key, "late", 1)).toBe("replaced");
      expect(await other.get(key)).toBe("two");
      await other.set(key, "theirs");
      expect(await keys.replaceOwn(key, "three", 3)).toEqual({ theirs: "theirs" });
      expect(await other.get(key)).toBe("theirs");
      await other.set(`${key}-new`, "theirs");
      expect(await keys.replaceOwn(`${key}-new`, "x", 1)).toEqual({ theirs: "theirs" });
    });

    test("many keys are replaced at once, each as it stands", async () => {
      const names = Array.from({ length: 60 }, (_, n) => `${key}-${n}`);
      for (const name of names.slice(0, 40)) await keys.put(name, name, 1, 30_000);
      for (const name of names.slice(20, 40)) await other.set(name, "theirs");
      const outcomes = await Promise.all(names.map((name) => keys.replaceOwn(name, `${name}!`, 2)));
      expect(outcomes.map((outcome) => (typeof outcome === "string" ? outcome : outcome.theirs))).toEqual(
        names.map((_, n) => ["replaced", "theirs", "gone"][Math.floor(n / 20)]!),
      );
      expect(await Promise.all(names.map((name) => other.get(name)))).toEqual(
        names.map((name, n) => [`${name}!`, "theirs", null][Math.floor(n / 20)]!),
      );
    });

    test("scan yields every key of the prefix with what it holds, and none of ours beside them", async () => {
      const prefix = `scan[${names}]*:`;
      for (let n = 0; n < 1_200; n++) await keys.put(`${prefix}${n}`, `value ${n}`, 1, 30_000);
      await other.set(`${prefix}timeless`, "x");
      await other.set(`scan${names}x:not`, "x");
      const found = new Map<string, string>();
      for await (const names of keys.scan(prefix)) {
        for (const { key: name, value, ttlMs } of await keys.entries(names)) {
          found.set(name, value);
          if (name.endsWith("timeless")) expect(ttlMs).toBeNull();
          else expect(ttlMs).toBeLessThanOrEqual(30_000);
        }
      }
      expect(found.size).toBe(1_201);
      expect(found.get(`${prefix}7`)).toBe("value 7");
    });

    test("what is no text is not there, and is not withdrawn", async () => {
      await other.setField(key, "a", "b");
      expect(await keys.get(key)).toBeNull();
      expect(await keys.replaceOwn(key, "v", 1)).toBe("gone");
      await keys.withdraw(key, "v", 1);
      expect(await other.ttlMs(key)).toBe(-1);
    });

    test("names may hold braces, blanks and emoji", async () => {
      for (const name of ["host:{x}", "host:{}", "host:a b", "host:😀", "host:{a}{b}", "host:{}{b}", "host:}"]) {
        await keys.put(name, "v", 1, 30_000);
        expect(await keys.get(name)).toEqual({ value: "v", isOurs: true });
      }
    });
  });
}
