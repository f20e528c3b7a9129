import { expect, test } from "bun:test";
import { programs, smokePrograms } from "../programs.mjs";
import { works } from "./index.ts";

test("every program that a measurement needs is brought before, and so is what its short form needs", () => {
  const lacking = (brought: readonly string[], needs: readonly string[]) =>
    needs.filter((one) => !brought.includes(one));
  for (const { name, needs, smokeNeeds = needs } of works) {
    expect([name, lacking(programs, needs), lacking(smokePrograms, smokeNeeds)]).toEqual([name, [], []]);
  }
});
