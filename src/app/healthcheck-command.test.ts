import { expect, test } from "bun:test";
import { readinessUrl } from "./healthcheck-command.ts";

test.each([
  ["127.0.0.1", null, "http://127.0.0.1:8080/readyz"],
  ["0.0.0.0", null, "http://127.0.0.1:8080/readyz"],
  ["::", null, "http://[::1]:8080/readyz"],
  ["10.0.0.7", "cert.pem", "https://10.0.0.7:8080/readyz"],
])("a server on %s (certificate: %s) is asked at %s", (HOST, TLS_CERT, url) => {
  expect(readinessUrl({ HOST, PORT: 8080, TLS_CERT })).toBe(url);
});
