import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { configurationReference } from "./reference.ts";
import { settingNames, settings, type Setting } from "./settings.ts";

test("docs/configuration.md is what npm run docs writes", () => {
  const written = readFileSync(resolve(import.meta.dir, "../../../docs/configuration.md"), "utf8");
  expect(written).toBe(configurationReference());
});

test("a setting without a default shows a text that it takes", () => {
  for (const name of settingNames) {
    const { default: fallback, example, secret, parse }: Setting<unknown> = settings[name];
    const needsOne = (fallback === null || fallback === "") && secret !== true;
    expect([name, example !== undefined || !needsOne]).toEqual([name, true]);
    if (example !== undefined) expect(() => parse(example)).not.toThrow();
  }
});
