import { expect, test } from "bun:test";
import type { Directory } from "../accounts/directory.ts";
import { calmDirectory } from "./calm-directory.ts";

test("a thousand questions at once are asked a few at a time, and all answered, whatever fails", async () => {
  let running = 0;
  let most = 0;
  const slow = async (email: string): Promise<ReadonlySet<string>> => {
    most = Math.max(most, ++running);
    await new Promise((resume) => setImmediate(resume));
    running--;
    if (email.startsWith("bad")) throw new Error("refused");
    return new Set([email]);
  };
  const directory = calmDirectory({ contactsOf: slow } as Partial<Directory> as Directory);
  const names = Array.from({ length: 1_000 }, (_, n) => (n % 7 === 0 ? `bad${n}` : `good${n}`));
  const outcomes = await Promise.allSettled(names.map((name) => directory.contactsOf(name)));
  expect(outcomes.map(({ status }) => status)).toEqual(
    names.map((name) => (name.startsWith("bad") ? "rejected" : "fulfilled")),
  );
  expect(most).toBe(8);
  expect(await directory.contactsOf("last")).toEqual(new Set(["last"]));
});
