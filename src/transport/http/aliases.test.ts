import { expect, test } from "bun:test";
import { allNames } from "./aliases.ts";
import { json, route, type RouteGroup } from "./route.ts";
import { createRouter } from "./router.ts";

const versioned: RouteGroup = {
  name: "things",
  prefixes: ["/api/things"],
  aliases: [{ from: "/api", to: "/api/v1" }],
  crossOrigin: false,
  refuse: ({ code }, path) => json(404, { refused: code, path }),
  routes: [
    route({
      method: "GET",
      path: "/api/things/:id",
      summary: "One thing",
      policy: "open",
      handle: () => json(200, { here: true }),
    }),
    route({ method: "GET", path: "/things", summary: "Things", policy: "open", handle: () => json(200, []) }),
  ],
};

function started(groups: readonly RouteGroup[]) {
  const labels: string[] = [];
  const router = createRouter(groups, { answered: (label) => void labels.push(label), failed: () => {} });
  const ask = async (pattern: string, path: string) => {
    const handler = router.routes[pattern] ?? router.fallback;
    return (await handler(new Request(`http://localhost${path}`), null as never)).json();
  };
  return { router, labels, ask };
}

test("a path below an alias answers there too, with and without a slash at the end", async () => {
  const { ask } = started([versioned]);
  for (const pattern of ["/api/things/:id", "/api/things/:id/", "/api/v1/things/:id", "/api/v1/things/:id/"]) {
    expect(await ask(pattern, pattern.replace(":id", "7"))).toEqual({ here: true });
  }
});

test("a path outside the alias keeps its one name", () => {
  const { router } = started([versioned]);
  expect(Object.keys(router.routes).filter((name) => name.endsWith("/things"))).toEqual(["/things"]);
  expect(allNames("/apiary/bees", versioned.aliases)).toEqual(["/apiary/bees"]);
});

test("metrics see one pattern, whichever name was called", async () => {
  const { ask, labels } = started([versioned]);
  await ask("/api/things/:id", "/api/things/1");
  await ask("/api/v1/things/:id", "/api/v1/things/1");
  expect(labels).toEqual(["/api/things/:id", "/api/things/:id"]);
});

test("an unknown path below an alias is refused in the words of its group", async () => {
  const { ask } = started([versioned]);
  expect(await ask("none", "/api/v1/things/1/2/3")).toEqual({ refused: "unknown_path", path: "/api/v1/things/1/2/3" });
  expect(await ask("none", "/api/v1/other")).toMatchObject({ error: "unknown_path" });
});

test("an alias that lands on another route is refused at once", () => {
  const other = route({
    method: "GET",
    path: "/api/v1/things/:id",
    summary: "x",
    policy: "open",
    handle: () => json(200, 1),
  });
  expect(() => started([versioned, { ...versioned, aliases: [], routes: [other] }])).toThrow("declared twice");
});
