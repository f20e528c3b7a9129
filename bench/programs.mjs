import { suites } from "../scripts/test/suites.mjs";

/** The programs that the measurements start (scripts/test/requirements.mjs knows how a machine gets them). */
export const programs = ["wrk", "taskset", "gcc", "redis-server", "postgres"];

/** Those of the short form, which leaves out peers that are large to install. */
export const smokePrograms = suites.find(({ name }) => name === "bench").needs;
