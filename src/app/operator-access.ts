import type { Access } from "../core/access/access.ts";
import type { DashboardAccess } from "../faces/operator/access.ts";
import type { OperatorAccess } from "../transport/http/operator.ts";
import type { Config } from "./config/settings.ts";
import { isLoopback } from "./open-door.ts";

/** Why this server has no dashboard, as a sentence that says what to set; null: it has one. */
export function whyNoDashboard(config: Config): string | null {
  if (config.DASHBOARD === "off") return "The dashboard is off: DASHBOARD=on serves it.";
  if (config.ADMIN_TOKEN !== null || config.AUTH_MODE === "token" || !isPublic(config)) return null;
  return "The dashboard is off, because others can reach this server: set ADMIN_TOKEN, or AUTH_MODE=token, to serve it.";
}

/** A server behind a proxy listens on the loopback, but has a name that others know. */
function isPublic({ HOST, PUBLIC_URL }: Config): boolean {
  return !isLoopback(HOST) || (PUBLIC_URL !== null && !isLoopback(new URL(PUBLIC_URL).hostname));
}

export function dashboardAccess(config: Config, access: Access): DashboardAccess {
  return { off: whyNoDashboard(config), ...operatorAccess(config, access) };
}

/** How operators show that they are some, on every face. */
export function operatorAccess({ ADMIN_TOKEN }: Config, access: Access): OperatorAccess {
  return { adminToken: ADMIN_TOKEN, identify: access.asks ? (token) => access.identify(token) : null };
}
