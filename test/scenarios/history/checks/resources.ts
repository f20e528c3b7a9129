import type { Check, Violation } from "../check.ts";
import { by } from "../windows.ts";

/** 8. Once everybody has gone, a node holds no more than before they came, and none has ended by itself. */
export const resources: Check = (history, bounds) => {
  const found: Violation[] = history
    .of("crashed")
    .map((one) => ({ invariant: 8, what: `${one.node} ended with ${one.code}: ${one.words}`, proof: [one] }));
  for (const [node, all] of by(history.of("measured"), ({ node }) => node ?? "")) {
    const base = all.find(({ phase }) => phase === "base");
    const after = all.findLast(({ phase }) => phase === "after");
    if (base === undefined || after === undefined) continue;
    const over = (what: string, said: number, allowed: number): void => {
      if (said > allowed)
        found.push({ invariant: 8, what: `${node} has ${said} ${what}, not ${allowed}`, proof: [base, after] });
    };
    over("bytes of memory", after.rssBytes, base.rssBytes + bounds.rssBytes);
    over("descriptors", after.descriptors, base.descriptors + bounds.descriptors);
    for (const [gauge, value] of Object.entries(after.gauges)) over(gauge, value, base.gauges[gauge] ?? 0);
  }
  return found;
};
