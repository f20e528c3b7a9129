/** Flags of Bun that the server is run with. */
export const runtimeFlags: readonly string[];

/** Variables of the environment that it is run with, unless its user has set them otherwise. */
export const runtimeSettings: Readonly<Record<string, string>>;
