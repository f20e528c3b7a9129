import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { commands } from "./commands/all.ts";

const document = readFileSync(resolve(import.meta.dir, "../../docs/cli.md"), "utf8");

test("docs/cli.md has a section with an example for each command, and for no other", () => {
  const sections = document.split(/^## /m).slice(1);
  const names = sections.map((section) => /^`([\w-]+)`/.exec(section)?.[1] ?? section);
  expect(names.toSorted()).toEqual(commands.map(({ name }) => name).toSorted());
  for (const [at, section] of sections.entries()) {
    expect(section).toMatch(new RegExp(`^\`\`\`sh\\n(?:.*\\n)*?.*bin/rendezvous\\.mjs ${names[at]}\\b`, "m"));
  }
});
