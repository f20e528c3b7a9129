import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { faceNames } from "../../src/app/face-names.ts";
import { root } from "./package-copy.ts";

const folder = join(root, ".github/ISSUE_TEMPLATE");

interface Field {
  readonly type: string;
  readonly id?: string;
  readonly attributes: { readonly label?: string; readonly value?: string; readonly options?: readonly string[] };
  readonly validations?: { readonly required?: boolean };
}
interface Form {
  readonly name: string;
  readonly description: string;
  readonly body: readonly Field[];
}

/** What GitHub asks of a form: docs.github.com, syntax for its form schema. */
describe.each(readdirSync(folder).filter((name) => name.endsWith(".yaml")))("the form %s", (name) => {
  const form = Bun.YAML.parse(readFileSync(join(folder, name), "utf8")) as Form;

  test("has a name, a description and something to fill in", () => {
    expect([typeof form.name, typeof form.description]).toEqual(["string", "string"]);
    expect(form.body.some(({ type }) => type !== "markdown")).toBe(true);
  });

  test("has fields that GitHub knows, each with what it needs", () => {
    const ids = form.body.flatMap(({ id }) => id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const labels = form.body.flatMap(({ attributes }) => attributes.label ?? []);
    expect(new Set(labels).size).toBe(labels.length);
    for (const { type, id, attributes } of form.body) {
      expect(["markdown", "textarea", "input", "dropdown", "checkboxes"]).toContain(type);
      if (type === "markdown") expect(attributes.value).toBeString();
      else expect([typeof attributes.label, /^[\w-]+$/.test(id ?? "")]).toEqual(["string", true]);
      if (type === "dropdown") expect(attributes.options!.length).toBe(new Set(attributes.options).size);
    }
  });
});

test("the form for mistakes knows every face", () => {
  const form = Bun.YAML.parse(readFileSync(join(folder, "bug.yaml"), "utf8")) as Form;
  const options = form.body.find(({ id }) => id === "face")!.attributes.options!;
  expect(faceNames.filter((face) => !options.includes(face))).toEqual([]);
});
