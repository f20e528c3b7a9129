import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tooling/package-copy.ts";

/** What a document links and what of it can be linked. */
export interface Linked {
  /** As written: of links and pictures. */
  readonly targets: readonly string[];
  /** Of its headings, as GitHub makes them. */
  readonly anchors: ReadonlySet<string>;
}

const ELSEWHERE = new Set(["node_modules", ".git", "data", "dist"]);

/** Every Markdown file of the repository, relative to its root. */
export function documents(): readonly string[] {
  return readdirSync(root)
    .filter((name) => !ELSEWHERE.has(name))
    .flatMap((name) => (name.endsWith(".md") ? [name] : below(name)))
    .toSorted();
}

function below(folder: string): readonly string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
      .filter((path) => path.endsWith(".md") && !path.includes("node_modules/"));
  } catch {
    return [];
  }
}

export function linked(path: string): Linked {
  const html = Bun.markdown.html(readFileSync(join(root, path), "utf8"), { autolinks: true, headings: { ids: true } });
  const targets: string[] = [];
  const headings: string[] = [];
  new HTMLRewriter()
    .on("a[href]", { element: (link) => void targets.push(link.getAttribute("href")!) })
    .on("img[src]", { element: (image) => void targets.push(image.getAttribute("src")!) })
    .on("h1, h2, h3, h4, h5, h6", {
      element: () => void headings.push(""),
      text: ({ text }) => void (headings[headings.length - 1] += text),
    })
    .transform(html);
  return { targets, anchors: anchorsOf(headings) };
}

function anchorsOf(headings: readonly string[]): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const heading of headings) {
    const text = heading.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, "");
    const slug = text
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}
