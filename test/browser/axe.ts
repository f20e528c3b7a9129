import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

const source = readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** What axe finds wrong with the page as it is now: each rule, with the elements that break it. */
export async function violations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(source);
  return page.evaluate(
    async (only) => {
      const { axe } = globalThis as unknown as { readonly axe: Axe };
      const options = only === null ? {} : { runOnly: { type: "rule", values: only } };
      const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"] });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join("  ")}`);
    },
    rules === undefined ? null : [...rules],
  );
}

interface Axe {
  run(
    where: Document,
    options: object,
  ): Promise<{
    readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  }>;
}
