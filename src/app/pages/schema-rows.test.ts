import { expect, test } from "bun:test";
import { schemaRows, typeText } from "./schema-rows.ts";

test("fields are listed from the outside in, with where they are", () => {
  const queues = { type: "object", properties: { male: { type: "integer", minimum: 0 } }, required: ["male"] };
  const hosts = { type: "array", items: { $ref: "#/components/schemas/Host" } };
  const components = { Host: { type: "object", properties: { id: { type: "string", description: "Its id." } } } };
  const rows = schemaRows({ type: "object", properties: { queues, hosts }, required: ["hosts"] }, components);
  expect(rows).toEqual([
    { field: "queues", type: "object", required: false, description: "" },
    { field: "queues.male", type: "integer", required: true, description: "At least 0." },
    { field: "hosts", type: "array of object", required: true, description: "" },
    { field: "hosts[].id", type: "string", required: false, description: "Its id." },
  ]);
});

test("alternatives are listed one after the other", () => {
  const one = { type: "object", properties: { status: { const: "ready" } }, required: ["status"] };
  const other = { type: "object", properties: { troubles: { type: "array", items: { type: "string" } } } };
  expect(schemaRows({ anyOf: [one, other] }, {}).map(({ field, type }) => [field, type])).toEqual([
    ["status", '"ready"'],
    ["troubles", "array of string"],
  ]);
});

test("what a value must keep to stands behind its description", () => {
  const name = { type: "string", minLength: 1, maxLength: 64, default: "x", description: "What it is called." };
  const count = { type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
  const [first, second] = schemaRows({ properties: { name, count } }, {});
  expect(first!.description).toBe('What it is called. Not empty, at most 64 characters, default "x".');
  expect(second!.description).toBe("");
});

test("types are words", () => {
  expect(typeText({ enum: ["idle", "busy"] }, {})).toBe('"idle" or "busy"');
  expect(typeText({ anyOf: [{ type: "string" }, { type: "null" }] }, {})).toBe("string or null");
  expect(typeText({}, {})).toBe("anything");
});
