import { fileURLToPath } from "node:url";

/** Defined by `scripts/build` alone. */
declare const IN_EXECUTABLE: boolean | undefined;

/** True where the program runs as the single executable, which carries its files inside. */
export const inExecutable = typeof IN_EXECUTABLE !== "undefined";

/** The folder above `web/` and `docs/`: the repository, or what the executable shows in its place. Ends with a slash. */
export const root = fileURLToPath(new URL(inExecutable ? "./" : "../../", import.meta.url));
