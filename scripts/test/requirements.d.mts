/** Those of `wanted` that are not on this machine. */
export function missing(wanted: readonly string[]): string[];
/** Installs what is missing, where that can be done; says so where it cannot. Never throws. */
export function ensurePrograms(wanted: readonly string[]): Promise<void>;
