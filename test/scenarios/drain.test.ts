import { test } from "bun:test";
import { rollingRestart, LONG, SHORT } from "./drain.ts";
import { LONG_MS } from "./run.ts";

/** As `npm run test:faults` asks for. */
const isLong = process.env["SCENARIO_SIZE"] === "long";

test("three nodes are restarted one after the other under load", () => rollingRestart(isLong ? LONG : SHORT), LONG_MS);
