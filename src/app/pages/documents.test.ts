import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asResponse } from "../../transport/http/answer.ts";
import type { Call } from "../../transport/http/call.ts";
import { documentRoutes } from "./documents.ts";

let folder: string;
beforeEach(() => {
  folder = `${mkdtempSync(join(tmpdir(), "rendezvous-documents-"))}/`;
  mkdirSync(`${folder}decisions`);
  writeFileSync(`${folder}one.md`, "# The first\n\nIts text.");
  writeFileSync(`${folder}decisions/two.md`, "# The second");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(): (path: string, params?: Readonly<Record<string, string>>) => Promise<string> {
  const routes = new Map(documentRoutes(folder).map((route) => [route.path, route]));
  return async (path, params = {}) => {
    const call = { request: new Request("http://localhost/docs"), params } as unknown as Call<never, never>;
    return asResponse(await routes.get(path)!.handle(call)).text();
  };
}

test("each document, and the list of them, is read and rendered once", async () => {
  const ask = open();
  const all = () =>
    Promise.all([
      ask("/docs"),
      ask("/docs/:name", { name: "one" }),
      ask("/docs/:folder/:name", { folder: "decisions", name: "two" }),
    ]);
  const [list, one, two] = await all();
  expect(list).toContain('<a href="/docs/one">The first</a>');
  expect(list).toContain('<a href="/docs/decisions/two">The second</a>');
  expect([one, two]).toEqual([expect.stringContaining("Its text."), expect.stringContaining("The second")]);
  rmSync(folder, { recursive: true });
  expect(await all()).toEqual([list, one, two]);
});

test("a name that is not there is refused, and nothing outside is looked up", async () => {
  const ask = open();
  for (const name of ["nothing", "../one", "."]) {
    await expect(ask("/docs/:name", { name })).rejects.toMatchObject({ code: "unknown_path" });
  }
  await expect(ask("/docs/:folder/:name", { folder: "..", name: "one" })).rejects.toThrow();
});
