// Reads the report that Bun's test runner writes.

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {Map<string, number>} ran how many tests ran in each file, by the path the report gives
 */

/** @param {string} xml @returns {Counts} */
export function countTests(xml) {
  const counts = { passed: 0, failed: 0, skipped: 0, ran: new Map() };
  for (const [, attributes, inside = ""] of xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)) {
    if (inside.includes("<skipped")) {
      counts.skipped++;
      continue;
    }
    const failed = inside.includes("<failure") || inside.includes("<error");
    counts[failed ? "failed" : "passed"]++;
    const file = /\bfile="([^"]*)"/.exec(attributes)?.[1] ?? "";
    counts.ran.set(file, (counts.ran.get(file) ?? 0) + 1);
  }
  return counts;
}
