import { expect, test } from "bun:test";
import { isAway, isConflict } from "./errors.ts";

const coded = (code: string): Error => Object.assign(new Error("x"), { code });

test("a conflict with another transaction is worth another try, and is no absence", () => {
  for (const code of ["40001", "40P01"]) {
    expect(isConflict(coded(code))).toBe(true);
    expect(isAway(coded(code))).toBe(false);
  }
});

test("a server that cannot be reached, logged in to or used is away", () => {
  for (const code of [
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "EMFILE",
    "08006",
    "28P01",
    "53100",
    "53300",
    "57P01",
    "57014",
    "3D000",
    "25P03",
    "55P03",
  ]) {
    expect(isAway(coded(code))).toBe(true);
  }
  expect(isAway(new AggregateError([coded("ECONNREFUSED"), coded("ECONNREFUSED")]))).toBe(true);
  expect(isAway(new Error("timeout exceeded when trying to connect"))).toBe(true);
  expect(isAway(new Error("Connection terminated unexpectedly"))).toBe(true);
});

test("a mistake of ours is neither", () => {
  for (const error of [coded("42601"), coded("23505"), coded("22021"), new TypeError("x"), null, "57P01"]) {
    expect(isAway(error)).toBe(false);
    expect(isConflict(error)).toBe(false);
  }
});
