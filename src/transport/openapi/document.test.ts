import { describe, expect, test } from "bun:test";
import { z } from "zod";
import type { RouteDoc } from "../http/documentation.ts";
import { policy } from "../http/policy.ts";
import { json, route, type Route, type RouteGroup } from "../http/route.ts";
import { openApiDocument } from "./document.ts";

const about = {
  title: "Things",
  version: "1.2.3",
  description: "All about things.",
  license: { name: "MIT", identifier: "MIT" },
  serverUrl: "/",
  tokens: null,
};

const BAD_TOKEN = { code: "bad_token", status: 401, message: "The token is not good." };

const thing = z.object({ id: z.int(), name: z.string() }).meta({ id: "Thing" });

const doc: RouteDoc = {
  id: "renameThing",
  params: { id: "Which one." },
  query: { dry: "Only try." },
  example: { params: { id: "7" }, query: { dry: true }, body: { name: "seven" } },
  responses: { 200: { description: "It has that name.", schema: thing, example: { id: 7, name: "seven" } } },
  refusals: [{ code: "thing_not_found", status: 404, message: "No such thing." }],
};

const rename = route({
  method: "PATCH",
  path: "/api/things/:id",
  summary: "Renames a thing",
  policy: policy.client,
  body: z.object({ name: z.string().min(1) }),
  query: z.object({ dry: z.stringbool().optional() }),
  doc,
  handle: () => json(200, {}),
});

const group = (routes: readonly Route[], more: Partial<RouteGroup> = {}): RouteGroup => ({
  name: "things",
  prefixes: [],
  crossOrigin: false,
  routes,
  doc: { title: "Things", description: "What there is.", error: z.object({ wrong: z.string() }) },
  refuse: ({ status, message }, path) => json(status, { wrong: `${path}: ${message}` }),
  ...more,
});

const withDoc = (changes: Partial<RouteDoc>): Route => ({ ...rename, doc: { ...doc, ...changes } });
const patched = async (groups: readonly RouteGroup[], more = {}) =>
  (await openApiDocument(groups, { ...about, ...more })).paths["/api/things/{id}"]!.patch!;

describe("an operation", () => {
  test("has its parameters, its body and its answer from the schemas that validate", async () => {
    const { operationId, parameters, requestBody, responses } = await patched([group([rename])]);
    expect(operationId).toBe("renameThing");
    expect(parameters).toEqual([
      { name: "id", in: "path", required: true, description: "Which one.", schema: { type: "string" }, example: "7" },
      {
        name: "dry",
        in: "query",
        required: false,
        description: "Only try.",
        schema: { type: "boolean" },
        example: true,
      },
    ]);
    expect(requestBody).toEqual({
      required: true,
      content: {
        "application/json": {
          schema: { type: "object", properties: { name: { type: "string", minLength: 1 } }, required: ["name"] },
          example: { name: "seven" },
        },
      },
    });
    expect(responses["200"]!.content!["application/json"]).toEqual({
      schema: { $ref: "#/components/schemas/Thing" },
      example: { id: 7, name: "seven" },
    });
  });

  test("shows each refusal as its group words it, on the example's own path", async () => {
    const { responses } = await patched([group([rename])]);
    expect(Object.keys(responses)).toEqual(["200", "400", "404", "413", "415", "429", "500", "503"]);
    expect(responses["404"]).toMatchObject({
      description: "No such thing.",
      content: {
        "application/json": {
          schema: { type: "object", required: ["wrong"] },
          examples: { thing_not_found: { value: { wrong: "/api/things/7: No such thing." } } },
        },
      },
    });
    expect(Object.keys(responses["400"]!.content!["application/json"]!.examples!)).toEqual([
      "bad_json",
      "invalid_field",
    ]);
  });

  test("says what the text of a parameter stands for, or else what text it may be", async () => {
    const query = z.object({
      size: z.preprocess((text) => text, z.string().transform(Number).pipe(z.int().min(1).max(9))),
      after: z.string().regex(/^\d+$/).transform(Number).meta({ description: "A cursor." }).optional(),
    });
    const route = { ...rename, query, doc: { ...doc, query: { size: "How big." } } };
    const { parameters } = await patched([group([route])]);
    expect(parameters!.slice(1).map(({ name, description, schema }) => ({ name, description, schema }))).toEqual([
      { name: "size", description: "How big.", schema: { type: "integer", minimum: 1, maximum: 9 } },
      { name: "after", description: "A cursor.", schema: { type: "string", pattern: "^\\d+$" } },
    ]);
  });

  test("says which texts a parameter of the path may be, where it is one of some", async () => {
    const choice = withDoc({ params: { id: { description: "Which one.", enum: ["7", "8"] } } });
    const { paths } = await openApiDocument([group([choice])], about);
    expect(paths["/api/things/{id}"]!.patch!.parameters![0]).toEqual({
      ...{ name: "id", in: "path", required: true, description: "Which one.", example: "7" },
      schema: { type: "string", enum: ["7", "8"] },
    });
  });

  test("takes a body that may be left out as one that is not required", async () => {
    const { requestBody } = await patched([group([{ ...rename, body: z.object({ name: z.string().optional() }) }])]);
    expect(requestBody!.required).toBe(false);
  });

  test("says which scope it takes, and where no tokens are asked for, that none will do as well", async () => {
    expect((await patched([group([rename])], { tokens: [BAD_TOKEN] })).security).toEqual([{ bearer: ["client"] }]);
    expect((await patched([group([rename])])).security).toEqual([{}, { bearer: ["client"] }]);
    expect((await patched([group([{ ...rename, policy: policy.open }])])).security).toEqual([]);
  });

  test("lists refused tokens where tokens are asked for, and too many requests where they are counted", async () => {
    const limit = { take: () => Promise.reject(new Error("nobody calls")), countsLocal: false };
    const { responses } = await patched([group([rename], { limit })], { tokens: [BAD_TOKEN] });
    expect(Object.keys(responses)).toEqual(["200", "400", "401", "403", "404", "413", "415", "429", "500", "503"]);
    const refused = responses["401"]!.content!["application/json"]!.examples!;
    expect(Object.keys(refused)).toEqual(["token_required", "bad_token"]);
    expect(Object.keys(responses["429"]!.headers!)).toEqual(["Retry-After", "RateLimit", "RateLimit-Policy"]);
  });
});

test("what only operators may do can be refused to pages of other origins, tokens or not", async () => {
  const { responses } = await patched([group([{ ...rename, policy: policy.admin }])]);
  expect(Object.keys(responses)).toContain("403");
});

describe("the document", () => {
  test("names a schema with an id once", async () => {
    const { components } = await openApiDocument([group([rename])], about);
    expect(components.schemas).toEqual({
      Thing: {
        type: "object",
        properties: {
          id: { type: "integer", minimum: -9007199254740991, maximum: 9007199254740991 },
          name: { type: "string" },
        },
        required: ["id", "name"],
        additionalProperties: false,
      },
    });
  });

  test("says under which other prefix a group answers", async () => {
    const { tags } = await openApiDocument([group([rename], { aliases: [{ from: "/api", to: "/api/v1" }] })], about);
    expect(tags).toEqual([
      { name: "Things", description: "What there is.\n\nEvery path below `/api/` also answers below `/api/v1/`." },
    ]);
  });

  test("leaves out groups that say nothing of themselves", async () => {
    const { paths, tags } = await openApiDocument([{ ...group([rename]), doc: undefined as never }], about);
    expect([paths, tags]).toEqual([{}, []]);
  });

  test("is refused if a route, a path parameter or an id of its own is missing", async () => {
    const { doc: _, ...silent } = rename;
    expect(openApiDocument([group([silent])], about)).rejects.toThrow("PATCH /api/things/:id has no documentation");
    expect(openApiDocument([group([withDoc({ params: {} })])], about)).rejects.toThrow("the parameter id has no");
    expect(openApiDocument([group([withDoc({ query: {} })])], about)).rejects.toThrow("the parameter dry has no");
    const twin: Route = { ...rename, method: "PUT" };
    expect(openApiDocument([group([rename, twin])], about)).rejects.toThrow("two operations have the id renameThing");
  });

  test("is refused if two different schemas have one id", async () => {
    const impostor = z.string().meta({ id: "Thing" });
    const route = withDoc({ id: "other", responses: { 200: { description: "x", schema: impostor } } });
    const groups = [group([rename, { ...route, path: "/api/others/:id" }])];
    expect(openApiDocument(groups, about)).rejects.toThrow("two schemas have the id Thing");
  });
});
