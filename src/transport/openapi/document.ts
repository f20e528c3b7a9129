import type { Problem } from "../http/refusal.ts";
import type { RouteGroup } from "../http/route.ts";
import { operation } from "./operation.ts";
import { SchemaBook } from "./schemas.ts";
import { securitySchemes } from "./security.ts";
import { isDocumented, type DocumentedGroup } from "./setting.ts";
import type { OpenApiDocument, Operation, Verb } from "./types.ts";

export interface About {
  readonly title: string;
  readonly version: string;
  /** Markdown. */
  readonly description: string;
  readonly license: { readonly name: string; readonly identifier: string };
  /** Where the server is reached; relative to the document's own address, or absolute. */
  readonly serverUrl: string;
  /** What a token that is not good is refused with; null where none are asked for. */
  readonly tokens: readonly Problem[] | null;
}

/**
 * Writes the OpenAPI document of all documented groups from the schemas that validate their requests.
 *
 * @throws {Error} if a route of a documented group lacks its documentation, or two share an id
 */
export async function openApiDocument(groups: readonly RouteGroup[], about: About): Promise<OpenApiDocument> {
  const documented = groups.filter(isDocumented);
  const book = new SchemaBook();
  const paths: Record<string, Partial<Record<Verb, Operation>>> = {};
  const ids = new Set<string>();
  for (const group of documented) {
    for (const route of group.routes) {
      const written = await operation(group, route, { book, tokens: about.tokens });
      if (ids.has(written.operationId)) throw new Error(`two operations have the id ${written.operationId}`);
      ids.add(written.operationId);
      const path = route.path.replace(/:(\w+)/g, "{$1}");
      (paths[path] ??= {})[route.method.toLowerCase() as Verb] = written;
    }
  }
  const { title, version, description, license, serverUrl } = about;
  return {
    openapi: "3.1.1",
    info: { title, version, description, license },
    servers: [{ url: serverUrl, description: "This server" }],
    tags: tagsOf(documented),
    paths,
    components: { schemas: book.components, securitySchemes },
  };
}

/** One tag a title; groups that share a title share its description, the first one's. */
function tagsOf(groups: readonly DocumentedGroup[]): OpenApiDocument["tags"] {
  const byTitle = Map.groupBy(groups, ({ doc }) => doc.title);
  return [...byTitle].map(([name, [first]]) => ({ name, description: descriptionOf(first!) }));
}

function descriptionOf({ doc, aliases = [] }: DocumentedGroup): string {
  const also = aliases.map(({ from, to }) => `Every path below \`${from}/\` also answers below \`${to}/\`.`);
  return [doc.description, ...also].join("\n\n");
}
