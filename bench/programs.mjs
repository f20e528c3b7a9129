/** The programs that the measurements start (scripts/test/requirements.mjs knows how a machine gets them). */
export const programs = ["wrk", "taskset", "gcc", "redis-server", "postgres"];
