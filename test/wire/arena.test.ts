import { arenaSuite } from "./arena-suite.ts";

arenaSuite("SQLite", async () => ({}));
