import { readFileSync } from "node:fs";
import type { Problem } from "../../transport/http/refusal.ts";
import { root } from "../root.ts";
import { content, protection, type Content } from "./response.ts";

const HTML = "text/html; charset=utf-8";

/** Where a file of `web/` is. */
export function webFile(path: string): string {
  return `${root}web/${path}`;
}

const templates = new Map<string, string>();

/** A template of `web/`, read once. */
function template(path: string): string {
  let text = templates.get(path);
  if (text === undefined) templates.set(path, (text = readFileSync(webFile(path), "utf8")));
  return text;
}

/** Replaces each `{{name}}`. The values are HTML: {@link escapeHtml} whatever is only text. */
export function fill(path: string, values: Readonly<Record<string, string>> = {}): string {
  return template(path).replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${path} asks for ${name}`);
    return value;
  });
}

export interface PageOptions {
  /** Text, not HTML. */
  readonly title: string;
  /** HTML. */
  readonly main: string;
  /** File name below /assets. */
  readonly script?: string;
  /** The same, of a style sheet beside the one of all pages. */
  readonly style?: string;
}

/** A whole page: the frame all pages share, with this in it. */
export function page({ title, main, script, style }: PageOptions): Content {
  const head = [
    style === undefined ? "" : `<link rel="stylesheet" href="/assets/${style}" />`,
    script === undefined ? "" : `<script type="module" src="/assets/${script}"></script>`,
  ];
  return content(fill("shared/layout.html", { title: escapeHtml(title), main, head: head.join("\n    ") }), HTML);
}

/** A page that says why there is nothing else. */
export function notice(title: string, text: string): Content {
  return page({ title, main: fill("shared/notice.html", { title: escapeHtml(title), text: escapeHtml(text) }) });
}

const TITLES: Readonly<Record<number, string>> = {
  404: "There is no such page",
  405: "That does not work here",
  429: "That is too much at once",
};

/** A refusal for people: as a page. */
export function refusePage(problem: Problem, path: string): Response {
  const { body } = notice(TITLES[problem.status] ?? "Something went wrong", `${path}: ${problem.message}`);
  return new Response(body, {
    status: problem.status,
    headers: { "content-type": HTML, "cache-control": "no-store", ...protection({}) },
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char]!);
}
