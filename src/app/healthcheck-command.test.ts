import { expect, test } from "bun:test";
import { join } from "node:path";
import { localUrl } from "./local-server.ts";

test.each([
  ["127.0.0.1", null, "http://127.0.0.1:8080/readyz"],
  ["0.0.0.0", null, "http://127.0.0.1:8080/readyz"],
  ["::", null, "http://[::1]:8080/readyz"],
  ["10.0.0.7", "cert.pem", "https://10.0.0.7:8080/readyz"],
])("a server on %s (certificate: %s) is asked at %s", (HOST, TLS_CERT, url) => {
  expect(localUrl({ HOST, PORT: 8080, TLS_CERT }, "readyz")).toBe(url);
});

test("it is asked itself, not through a proxy for the way out", async () => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => Response.json({ status: "ready" }) });
  const nowhere = "http://127.0.0.1:9";
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "../main.ts"), "healthcheck"], {
    env: { PATH: process.env["PATH"] ?? "", PORT: `${server.port}`, HTTP_PROXY: nowhere, http_proxy: nowhere },
    stdout: "ignore",
  });
  expect(await child.exited).toBe(0);
  await server.stop(true);
});
