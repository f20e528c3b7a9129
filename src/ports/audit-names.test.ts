import { expect, test } from "bun:test";
import { isNamed, mentionsOfAddress, mentionsOfPlayers } from "./audit-names.ts";

test("an address is named by itself and by its devices, and by nothing that only contains it", () => {
  const named = mentionsOfAddress("a@x");
  for (const id of ["a@x", "a@x/phone", "a@x/a/b"]) expect([id, isNamed(named, id)]).toEqual([id, true]);
  for (const id of ["ba@x", "ba@x/phone", "a@xy", "a@xy/phone", "b@x/a@x"]) {
    expect([id, isNamed(named, id)]).toEqual([id, false]);
  }
});

test("a player is named by a whole id alone, whichever face it is of", () => {
  const named = mentionsOfPlayers(["FOX#1"]);
  for (const id of ["FOX#1", "arena:FOX#1", "coordinator:FOX#1"]) expect(isNamed(named, id)).toBe(true);
  for (const id of ["FOX#11", "arena:FOX#11", "FOX#1/phone", "fox#1"]) expect(isNamed(named, id)).toBe(false);
});
