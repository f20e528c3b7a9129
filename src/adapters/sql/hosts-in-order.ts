import { sql, type SelectQueryBuilder } from "kysely";
import { hostStatuses, type HostFilter } from "../../ports/host-records.ts";
import type { DialectName } from "./dialect.ts";
import { filteredQuery, type FixedQuery } from "./fixed-query.ts";
import type { Tables } from "./tables.ts";

/** What a list reads of the hosts it finds; their columns are told apart by the name of their table. */
type Read<Row> = (hosts: SelectQueryBuilder<Tables, "hosts", object>) => SelectQueryBuilder<Tables, "hosts", Row>;

/** Best first. */
const rank = (of: "hosts." | "page." | "" = "") =>
  sql.raw<unknown>(`${of}quality_score DESC, ${of}free_zones DESC, ${of}latency_ms, ${of}id`);

/**
 * Hosts as they are listed. What SQLite writes is whole pages, so that it has no index of all hosts in their order, which
 * each beat would write to: it merges those of each status, which are in order already.
 */
export function listInOrder<Row>(dialect: DialectName, read: Read<Row>): FixedQuery<HostFilter, Row> {
  const byIndex = filteredQuery<HostFilter, Row>(["status", "minQualityScore"], (db, value, has) =>
    read(db.selectFrom("hosts"))
      .$if(has("status"), (query) => query.where("status", "=", value("status")))
      .$if(has("minQualityScore"), (query) => query.where("quality_score", ">=", value("minQualityScore")))
      .orderBy(rank("hosts."))
      .limit(value("limit"))
      .offset(value("offset")),
  );
  if (dialect === "postgres") return byIndex;
  const merged = filteredQuery<HostFilter, Row>(["minQualityScore"], (db, value, has) => {
    const parts = hostStatuses.map((status) =>
      db
        .selectFrom("hosts")
        .select(["id", "quality_score", "free_zones", "latency_ms"])
        .where("status", "=", sql.lit(status))
        .$if(has("minQualityScore"), (query) => query.where("quality_score", ">=", value("minQualityScore"))),
    );
    const page = parts
      .reduce((all, part) => all.unionAll(part))
      .orderBy(rank())
      .limit(value("limit"))
      .offset(value("offset"));
    // What else is shown of a host is looked up for those on the page alone.
    const shown = db.selectFrom(page.as("page")).innerJoin("hosts", "hosts.id", "page.id");
    return read(shown as unknown as Parameters<Read<Row>>[0]).orderBy(rank("page."));
  });
  return (db, filter) => (filter.status === undefined ? merged : byIndex)(db, filter);
}
