import { allNames } from "./aliases.ts";
import type { Method, Route, RouteGroup } from "./route.ts";

/** What is declared for one path. */
export interface Declared {
  readonly group: RouteGroup;
  readonly byMethod: Map<Method, Route>;
}

/**
 * The routes of all groups by their paths.
 *
 * @throws {Error} two routes share a method and a path, or two groups a path
 */
export function collect(groups: readonly RouteGroup[]): ReadonlyMap<string, Declared> {
  const paths = new Map<string, Declared>();
  for (const group of groups) {
    for (const route of group.routes) {
      const entry = paths.get(route.path) ?? { group, byMethod: new Map<Method, Route>() };
      if (entry.group !== group || entry.byMethod.has(route.method)) {
        throw new Error(`${route.method} ${route.path} is declared twice`);
      }
      entry.byMethod.set(route.method, route);
      paths.set(route.path, entry);
    }
  }
  return paths;
}

/** The value of an `Allow` header. */
export function methodsAllowed(declared: readonly Method[]): string {
  const methods: string[] = [...declared];
  if (declared.includes("GET")) methods.push("HEAD");
  return [...methods, "OPTIONS"].join(", ");
}

/** The places below which unknown paths are the group's. */
export function prefixesOf({ prefixes, aliases }: RouteGroup): readonly string[] {
  return prefixes.flatMap((prefix) => allNames(prefix, aliases));
}
