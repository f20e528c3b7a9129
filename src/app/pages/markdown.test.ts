import { expect, test } from "bun:test";
import { titleOf, toHtml } from "./markdown.ts";

test("a link to another document leads to its page", () => {
  expect(toHtml("[g](guarantees.md#order)", "architecture.md")).toContain('href="/docs/guarantees#order"');
  expect(toHtml("[g](../guarantees.md)", "decisions/one.md")).toContain('href="/docs/guarantees"');
  expect(toHtml("[d](decisions/one.md)", "architecture.md")).toContain('href="/docs/decisions/one"');
});

test("a link to a file that is not served becomes text", () => {
  const html = toHtml("see [the code](../src/main.ts)", "architecture.md");
  expect(html).toContain("the code");
  expect(html).not.toContain("<a");
});

test("links elsewhere stay as they are", () => {
  expect(toHtml("<https://example.org/x.md>", "a.md")).toContain('href="https://example.org/x.md"');
  expect(toHtml("[demo](/demo) and [below](#below)", "a.md")).toMatch(/href="\/demo".*href="#below"/);
});

test("a picture beside the document is found from any address", () => {
  expect(toHtml("![p](demo.png)", "architecture.md")).toContain('src="/docs/demo.png"');
});

test("a script in a document does not become one", () => {
  expect(toHtml("<script>alert(1)</script>", "a.md")).not.toContain("<script");
});

test("the title is the first heading, as text", () => {
  expect(titleOf("intro\n\n# The `rooms` *protocol* #\n\n## More")).toBe("The rooms protocol");
  expect(titleOf("no heading")).toBeNull();
});
