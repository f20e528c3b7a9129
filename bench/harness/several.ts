import type { Measured } from "./table.ts";

/**
 * Several runs of one work as one that has the samples of all. Each run starts its programs anew, and one that came out
 * lucky would otherwise be what every later one is held against.
 */
export function asOne(runs: readonly Measured[]): Measured {
  const [first, ...others] = runs;
  if (first === undefined) throw new Error("there is no run");
  const rows = first.rows.map((row, at) => {
    const same = others.map(({ rows }) => {
      const found = rows[at];
      if (found?.what !== row.what) throw new Error(`${row.what} is not in each run of ${first.name}`);
      return found;
    });
    const against = row.against.map((rival, place) => ({
      ...rival,
      samples: [rival, ...same.map((one) => one.against[place]!)].flatMap(({ samples }) => samples),
    }));
    const all = [row, ...same];
    return {
      ...row,
      ours: all.flatMap(({ ours }) => ours),
      against,
      generator: Math.max(...all.map(({ generator }) => generator)),
    };
  });
  return { ...first, rows };
}
