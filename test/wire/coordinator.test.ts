import { coordinatorSuite } from "./coordinator-suite.ts";

coordinatorSuite("SQLite", async () => ({}));
