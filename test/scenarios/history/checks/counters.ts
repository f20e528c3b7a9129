import type { Check } from "../check.ts";

/** 7. Every counter equals its recount. */
export const counters: Check = (history) =>
  history
    .of("counted")
    .filter(({ said, counted }) => said !== counted)
    .map((one) => ({
      invariant: 7 as const,
      what: `${one.counter} says ${one.said}, is ${one.counted}`,
      proof: [one],
    }));
