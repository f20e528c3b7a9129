import type { Config } from "./config/settings.ts";
import { isLoopback } from "./open-door.ts";

/** What has to be set for there to be a dashboard, as a sentence; null: there is one. */
export function whyDashboardIsOff(config: Config): string | null {
  if (isLoopback(config.HOST) || config.ADMIN_TOKEN !== null || config.AUTH_MODE === "token") return null;
  return "The dashboard is off, because others reach this address: set ADMIN_TOKEN to open it to whoever has that token.";
}
