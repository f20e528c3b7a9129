import { SchemaTooNew } from "../ports/migrations.ts";
import type { StoreUnavailable } from "../ports/store-error.ts";
import type { Config } from "./config/settings.ts";

/** Why the records cannot be used, as a sentence. Never says the URL, which may hold a password. */
export function whyStoreIsUnusable(config: Config, error: SchemaTooNew | StoreUnavailable): string {
  if (error instanceof SchemaTooNew) return error.message;
  const where = config.DATABASE_URL === null ? `The database in DATA_DIR (${config.DATA_DIR})` : "DATABASE_URL";
  const { cause } = error;
  return `${where} cannot be used: ${cause instanceof Error && cause.message !== "" ? cause.message : "no answer"}`;
}
