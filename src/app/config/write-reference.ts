// npm run docs: writes docs/configuration.md from the settings.
import { resolve } from "node:path";
import { configurationReference } from "./reference.ts";

await Bun.write(resolve(import.meta.dir, "../../../docs/configuration.md"), configurationReference());
