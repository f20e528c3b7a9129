import type { Config } from "./config/settings.ts";
import { whyNoDashboard } from "./operator-access.ts";
import type { Stores } from "./stores.ts";
import { remarks } from "./remarks.ts";
import { version } from "./version.ts";

/** Says where the server is, and what an operator should know of it. */
export function greet(config: Config, { engine, records }: Pick<Stores, "engine" | "records">, url: URL): void {
  const base = url.origin;
  const noDashboard = whyNoDashboard(config);
  const lines = [
    `Rendezvous ${version} is listening on ${base}`,
    `  faces      ${config.FACES.join(", ")}`,
    `  engine     ${engine.about}`,
    ...(records === null ? [] : [`  records    ${records.about}`]),
    ...(noDashboard === null ? [`  dashboard  ${base}/`] : []),
    `  demos      ${base}/demo`,
    `  docs       ${base}/docs`,
    `  health     ${base}/health  /livez  /readyz  /metrics`,
    ...(noDashboard === null ? [] : [noDashboard]).concat(remarks(config)).map((remark) => `  note       ${remark}`),
  ];
  console.log(lines.join("\n"));
}
