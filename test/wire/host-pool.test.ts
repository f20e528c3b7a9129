import { hostPoolSuite } from "./host-pool-suite.ts";

hostPoolSuite("the embedded engine", async () => ({}));
