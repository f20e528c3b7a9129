import { z } from "zod";
import type { RequestExample, ResponseDoc, RouteDoc } from "../http/documentation.ts";
import type { Route } from "../http/route.ts";
import { refusals } from "./refusals.ts";
import type { SchemaBook } from "./schemas.ts";
import { ofAccount, security } from "./security.ts";
import type { DocumentedGroup, Setting } from "./setting.ts";
import type { Answer, JsonSchema, Operation, Parameter } from "./types.ts";

const JSON_TYPE = "application/json";

/** @throws {Error} if the route or one of its path parameters is not documented */
export async function operation(group: DocumentedGroup, route: Route, setting: Setting): Promise<Operation> {
  const { doc } = route;
  const { book } = setting;
  if (doc === undefined) throw new Error(`${route.method} ${route.path} has no documentation`);
  const parameters = [...pathParameters(route, doc), ...queryParameters(route, doc, book)];
  return {
    operationId: doc.id,
    tags: [group.doc.title],
    summary: route.summary,
    ...(doc.description === undefined ? {} : { description: doc.description }),
    security: doc.asksForAccount === true ? ofAccount : security(route.policy, setting.tokens !== null),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: requestBody(route.body, doc.example, book) }),
    responses: {
      ...Object.fromEntries(Object.entries(doc.responses).map(([status, one]) => [status, answer(one, book)])),
      ...(await refusals(group, route, doc, setting)),
    },
  };
}

function pathParameters({ method, path }: Route, doc: RouteDoc): readonly Parameter[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => {
    const about = doc.params?.[name!];
    if (about === undefined) throw new Error(`${method} ${path}: the parameter ${name} has no documentation`);
    const { description, ...choice } = typeof about === "string" ? { description: about } : about;
    const example = doc.example?.params?.[name!];
    return {
      name: name!,
      in: "path",
      required: true,
      description,
      schema: { type: "string", ...choice },
      ...(example === undefined ? {} : { example }),
    };
  });
}

function queryParameters({ method, path, query }: Route, doc: RouteDoc, book: SchemaBook): readonly Parameter[] {
  if (query === undefined) return [];
  if (!(query instanceof z.ZodObject)) throw new Error(`${method} ${path}: a query is an object`);
  const { required = [] } = book.write(query, "input");
  return Object.entries(query.shape as Record<string, z.ZodType>).map(([name, schema]) => {
    const { description: ofSchema, ...written } = meaning(schema, book);
    const description = doc.query?.[name] ?? ofSchema;
    if (description === undefined) throw new Error(`${method} ${path}: the parameter ${name} has no documentation`);
    const example = doc.example?.query?.[name];
    return {
      name,
      in: "query",
      required: required.includes(name),
      description,
      schema: written,
      ...(example === undefined ? {} : { example }),
    };
  });
}

/** In a query everything is text; what the text stands for says more, where that can be written down. */
function meaning(schema: z.ZodType, book: SchemaBook): JsonSchema {
  const { description, ...meant } = book.write(schema, "output");
  const written = Object.keys(meant).length === 0 ? book.write(schema, "input") : meant;
  return description === undefined ? written : { ...written, description };
}

function requestBody(schema: z.ZodType, example: RequestExample | undefined, book: SchemaBook) {
  return {
    // No body at all counts as an empty object.
    required: !schema.safeParse({}).success,
    content: {
      [JSON_TYPE]: {
        schema: book.write(schema, "input"),
        ...(example?.body === undefined ? {} : { example: example.body }),
      },
    },
  };
}

function answer({ description, schema, example, mediaType }: ResponseDoc, book: SchemaBook): Answer {
  const shown = example === undefined ? {} : { example };
  if (schema !== undefined) {
    return { description, content: { [mediaType ?? JSON_TYPE]: { schema: book.write(schema, "output"), ...shown } } };
  }
  if (mediaType === undefined) return { description };
  return { description, content: { [mediaType]: { schema: { type: "string" }, ...shown } } };
}
