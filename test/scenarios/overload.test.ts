import { test } from "bun:test";
import { overload, LONG, SHORT } from "./overload.ts";
import { LONG_MS } from "./run.ts";

/** As `npm run test:faults` asks for. */
const isLong = process.env["SCENARIO_SIZE"] === "long";

test("masses of sockets and requests: the others notice nothing", () => overload(isLong ? LONG : SHORT), LONG_MS);
