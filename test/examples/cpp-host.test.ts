import { COMPILED, testPages } from "../docs/pages.ts";

testPages((path) => COMPILED.has(path));
