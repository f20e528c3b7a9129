/** The programs that the measurements start. */
export const programs: readonly string[];
/** Those of the short form, which leaves out peers that are large to install. */
export const smokePrograms: readonly string[];
