import { testPages, third } from "./pages.ts";

testPages(third(1));
