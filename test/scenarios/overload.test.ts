import { test } from "bun:test";
import { overload, SHORT } from "./overload.ts";
import { LONG_MS } from "./run.ts";

test("masses of sockets and requests: the others notice nothing", () => overload(SHORT), LONG_MS);
