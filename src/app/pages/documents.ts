import { readdir, readFile } from "node:fs/promises";
import { Refusal } from "../../transport/http/refusal.ts";
import { policy } from "../../transport/http/policy.ts";
import { route, type Call, type Route } from "../../transport/http/route.ts";
import { root } from "../root.ts";
import { titleOf, toHtml } from "./markdown.ts";
import { once } from "./once.ts";
import { escapeHtml, fill, page } from "./page.ts";
import { content, send, type Content } from "./response.ts";

const DOCS = `${root}docs/`;

const IMAGES: Readonly<Record<string, string>> = { png: "image/png", svg: "image/svg+xml", jpg: "image/jpeg" };

/**
 * The repository's `docs/`: each document as a page, and the pictures in them. What somebody has asked for is kept: it
 * comes with the version of the server.
 */
export function documentRoutes(folder = DOCS): readonly Route[] {
  const filesOf = once(files);
  const load = once(async (path) => {
    const known = await filesOf(folder);
    return path === "" ? list(folder, known) : read(folder, known, path);
  });
  // Two levels are all there are: docs/x.md and docs/decisions/x.md.
  const show = async ({ request, params }: Call<undefined>): Promise<Response> => {
    const path = [params["folder"], params["name"]].filter((part) => part !== undefined).join("/");
    return send(request, await load(path));
  };
  return [
    route({
      method: "GET",
      path: "/docs",
      summary: "The list of documents",
      policy: policy.open,
      handle: show,
    }),
    route({
      method: "GET",
      path: "/docs/:name",
      summary: "A document, or a picture in one",
      policy: policy.open,
      handle: show,
    }),
    route({
      method: "GET",
      path: "/docs/:folder/:name",
      summary: "A document in a folder",
      policy: policy.open,
      handle: show,
    }),
  ];
}

/** All files below a folder, with forward slashes. A name that is not in it is not looked up, so nothing else leaks. */
async function files(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true }).catch(noneIfMissing);
  return found.map((path) => path.replaceAll("\\", "/")).sort();
}

function noneIfMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}

async function list(folder: string, known: readonly string[]): Promise<Content> {
  const documents = known.filter((path) => path.endsWith(".md"));
  const items = await Promise.all(documents.map((path) => listItem(folder, path)));
  const inFolder = (name: string): readonly Item[] => items.filter(({ href }) => href.startsWith(`/docs/${name}/`));
  const [beginning, decisions] = [inFolder("getting-started"), inFolder("decisions")];
  const others = items.filter((item) => !beginning.includes(item) && !decisions.includes(item));
  const main = fill("shared/documents.html", {
    beginning: section("Getting started", beginning),
    documents: links(others),
    // They are many, so they come last.
    decisions: section("Decisions", decisions),
  });
  return page({ title: "Documents", main });
}

function section(title: string, items: readonly Item[]): string {
  return items.length === 0 ? "" : `<h2>${title}</h2><ul class="links">${links(items)}</ul>`;
}

function links(items: readonly Item[]): string {
  return items.map(({ href, title }) => `<li><a href="${href}">${escapeHtml(title)}</a></li>`).join("\n");
}

interface Item {
  readonly href: string;
  readonly title: string;
}

async function listItem(folder: string, path: string): Promise<Item> {
  const name = path.slice(0, -".md".length);
  return { href: `/docs/${name}`, title: titleOf(await readFile(folder + path, "utf8")) ?? name };
}

/** @throws {Refusal} unknown_path */
async function read(folder: string, known: readonly string[], path: string): Promise<Content> {
  const document = path.endsWith(".md") ? path : `${path}.md`;
  if (known.includes(document)) {
    const text = await readFile(folder + document, "utf8");
    const main = `<article class="document">${toHtml(text, document)}</article>`;
    return page({ title: titleOf(text) ?? path, main });
  }
  const type = IMAGES[path.split(".").at(-1) ?? ""];
  if (type !== undefined && known.includes(path)) {
    return content(new Uint8Array(await readFile(folder + path)), type);
  }
  throw new Refusal("unknown_path");
}
