import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { wireFile, wireTypes } from "../../scripts/client/wire-types.mjs";
import { call } from "../support/http.ts";
import { startServer } from "../support/server.ts";

test("the client's types are those of the server's documents; `npm run client:types` writes them", async () => {
  const server = await startServer();
  try {
    const [openapi, asyncapi] = await Promise.all(
      ["/openapi.json", "/asyncapi.json"].map((path) => call("GET", server.url + path)),
    );
    expect(wireTypes(openapi!.body, asyncapi!.body)).toBe(readFileSync(wireFile, "utf8"));
  } finally {
    await server.stop();
  }
});
