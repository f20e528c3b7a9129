import type { Config } from "./config/settings.ts";

/** What an operator should know about settings that are not wrong. Complete sentences. */
export function remarks(config: Config): readonly string[] {
  const remarks: string[] = [];
  if (config.STUN_URLS.length === 0 && config.TURN_URLS.length === 0) {
    remarks.push("No STUN_URLS and TURN_URLS are set: peers meet only within one network.");
  } else if (config.TURN_URLS.length === 0) {
    remarks.push("No TURN_URLS are set: peers behind strict firewalls cannot connect.");
  }
  if (!isLoopback(config.HOST)) {
    remarks.push(`${config.HOST} is open to the network: whoever reaches it can use every face without a login.`);
  }
  if (config.REDIS_URL !== null && config.FACES.some((face) => face !== "host-pool")) {
    remarks.push(
      "REDIS_URL shares the host pool between nodes. Rooms and video chats live on one node each: " +
        "route all clients of one room, and all video chat clients, to the same node.",
    );
  }
  if (config.DATABASE_URL !== null) remarks.push("DATABASE_URL is set, but no face that is served keeps records yet.");
  return remarks;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
