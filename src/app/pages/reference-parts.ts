import { toHtml } from "./markdown.ts";
import { escapeHtml } from "./page.ts";
import type { SchemaRow } from "./schema-rows.ts";

/** Fields, a line each; nothing where there are none. */
export function table(heading: string, rows: readonly SchemaRow[]): string {
  if (rows.length === 0) return "";
  const lines = rows.map(
    ({ field, type, required, description }) =>
      `<tr><td><code>${escapeHtml(field)}</code>${required ? "" : ' <span class="quiet">optional</span>'}</td>` +
      `<td>${escapeHtml(type)}</td><td>${escapeHtml(description)}</td></tr>`,
  );
  return `<table><thead><tr><th>${heading}</th><th>Type</th><th>Meaning</th></tr></thead><tbody>${lines.join("\n")}</tbody></table>`;
}

export function pre(text: string): string {
  return `<pre><code>${escapeHtml(text)}</code></pre>`;
}

/** What schemas and documents say in Markdown. */
export function markdown(text: string): string {
  return toHtml(text, "api.md");
}

export function slug(text: string): string {
  return text.toLowerCase().replaceAll(/\W+/g, "-");
}
