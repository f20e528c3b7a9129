import type { Migration } from "./migration.ts";

/**
 * What a step of a session or a beat of a host writes of its indexes. Those of open sessions are small, and the steps of a
 * session all fall into them; into the large ones each session comes once, when it is over. SQLite needs the condition as an
 * OR, to see that one of the two implies it.
 *
 * SQLite writes whole pages, and a beat moves its host in each order that the score is in: of all hosts it merges what is
 * in order by status.
 */
export const fewerPages: Migration = {
  number: 14,
  name: "fewer pages",
  statements: ({ name }) => [
    `DROP INDEX sessions_by_zone_and_status`,
    `DROP INDEX sessions_by_host_and_status`,
    ...["zone", "host"].flatMap((of) => [
      `CREATE INDEX sessions_open_of_${of} ON sessions (${of}_id, status, id)
         WHERE status = 'PENDING' OR status = 'ACTIVE'`,
      `CREATE INDEX sessions_over_of_${of} ON sessions (${of}_id, status, id)
         WHERE status = 'ENDED' OR status = 'FAILED'`,
    ]),
    ...(name === "sqlite" ? [`DROP INDEX hosts_ranked`] : []),
  ],
};
