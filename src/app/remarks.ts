import { signUpRule } from "./accounts.ts";
import type { Config } from "./config/settings.ts";
import { facesWithRecords } from "./face-names.ts";
import { isLoopback, openDoor } from "./open-door.ts";

/** What an operator should know about settings that are not wrong. Complete sentences. */
export function remarks(config: Config): readonly string[] {
  const remarks: string[] = [];
  if (config.STUN_URLS.length === 0 && config.TURN_URLS.length === 0) {
    remarks.push("No STUN_URLS and TURN_URLS are set: peers meet only within one network.");
  } else if (config.TURN_URLS.length === 0) {
    remarks.push("No TURN_URLS are set: peers behind strict firewalls cannot connect.");
  }
  remarks.push(...openDoor(config));
  const hasIssuer = config.JWT_SECRET !== null || config.JWT_JWKS_URL !== null;
  const servesPeople = config.FACES.includes("devices");
  if (config.AUTH_MODE === "open" && hasIssuer) {
    const but = servesPeople ? ", but for those of people on devices" : "";
    remarks.push(`AUTH_MODE is open: tokens are not looked at${but}, although JWT settings are there.`);
  }
  if (servesPeople && signUpRule(config) === "open") {
    if (!isLoopback(config.HOST)) {
      remarks.push("SIGNUP is open: the address of an account is an unproven claim. Set SIGNUP=invite or off.");
    }
    if (hasIssuer) {
      remarks.push("SIGNUP is open: whoever signs up with an address that a JWT may name is taken for that person.");
    }
  }
  const looksAtTokens = config.AUTH_MODE === "token" || servesPeople;
  if (looksAtTokens && config.JWT_JWKS_URL !== null && config.JWT_AUDIENCE === null) {
    remarks.push("JWT_AUDIENCE is not set: tokens that the issuer made for other services are good here too.");
  }
  if (config.ARENA_VERIFY_SIGNATURES === "off" && config.FACES.includes("arena")) {
    remarks.push("ARENA_VERIFY_SIGNATURES is off: anybody can sign a result of the arena for anybody.");
  }
  if (config.PUBLIC_URL !== null && config.TRUSTED_PROXIES.length === 0) {
    remarks.push(
      "PUBLIC_URL is set without TRUSTED_PROXIES: if it leads to a proxy, all its clients share the budgets of one address.",
    );
  }
  if (config.REDIS_URL !== null && config.FACES.includes("video-chat")) {
    remarks.push("Video chat clients that poll must stay with one node: see docs/several-nodes.md.");
  }
  if (config.DATABASE_URL !== null && !config.FACES.some((face) => facesWithRecords.has(face))) {
    remarks.push("DATABASE_URL is set, but no face that is served keeps records.");
  }
  const chained = (["ARENA_PRIVATE_KEY", "WAGER_CONTRACT"] as const).filter((name) => config[name] !== null);
  if (chained.length > 0 && !config.FACES.includes("arena")) {
    remarks.push(`${chained.join(" and ")} is set, but the arena is not served.`);
  }
  return remarks;
}
