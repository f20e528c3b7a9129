import { test } from "bun:test";
import { rollingRestart, SHORT } from "./drain.ts";
import { LONG_MS } from "./run.ts";

test("three nodes are restarted one after the other under load", () => rollingRestart(SHORT), LONG_MS);
