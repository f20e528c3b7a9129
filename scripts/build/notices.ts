import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packagesOf } from "../licences.mjs";

const HEAD = `# Notices

What this executable is made of, beside Rendezvous itself (MIT), and the words that its authors want to go with it. The
runtime is Bun (MIT), which has JavaScriptCore inside (LGPL 2): https://bun.com/docs/project/license
`;

/** Bun and its parts, which the head speaks of. */
const isRuntime = (name: string): boolean => name === "bun" || name.startsWith("@oven/");

/** The notices of all packages that the program runs with, as a document. */
export function notices(root: string): string {
  const shipped = packagesOf(root).filter(
    ({ name, dev }) => !dev && !isRuntime(name) && existsSync(join(root, "node_modules", name)),
  );
  const parts = shipped.map(({ name, version, licence }) => {
    const folder = join(root, "node_modules", name);
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)(\.\w+|-\w+)?$/i.test(file));
    const texts = files.map((file) => `\`\`\`\`text\n${readFileSync(join(folder, file), "utf8").trim()}\n\`\`\`\``);
    return [`## ${name} ${version}, ${licence}`, ...texts].join("\n\n");
  });
  return `${HEAD}\n${parts.join("\n\n")}\n`;
}
