import { afterAll, beforeAll } from "bun:test";
import { startServer, type RunningServer } from "../support/server.ts";
import { devicesSuite } from "./devices-suite.ts";

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ FACES: "devices" });
});

afterAll(async () => {
  await server.stop();
});

devicesSuite({ nodes: () => [server] });
