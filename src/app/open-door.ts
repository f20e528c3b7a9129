import type { Config } from "./config/settings.ts";
import type { FaceName } from "./face-names.ts";

/** What whoever reaches a face can do on it while no tokens are asked for. */
const canDo: Readonly<Record<FaceName, string>> = {
  "host-pool": "register hosts, take any that is free, and have TURN credentials",
  coordinator: "change any host, zone and session, and read its signaling",
  devices: "try to sign in as anybody, and sign up where SIGNUP is open",
  arena: "queue, play and stream as anybody, and watch every match",
  rooms: "join any room whose name is known or guessed",
  "video-chat": "be paired with whoever waits",
};

/**
 * What an operator must know who opens the server to a network without asking for tokens: where, which faces, what
 * anybody can do, and how to close it. Complete sentences; none if there is nothing to say.
 */
export function openDoor(config: Config): readonly string[] {
  if (isLoopback(config.HOST) || config.AUTH_MODE !== "open") return [];
  const { HOST, PORT, FACES } = config;
  const where = `${HOST.includes(":") ? `[${HOST}]` : HOST}:${PORT}`;
  const everywhere = HOST === "0.0.0.0" || HOST === "::" ? " (every network this machine is on)" : "";
  return [
    `${where}${everywhere} is open to the network: whoever reaches it can use every face without a login.`,
    ...FACES.map((face) => `Open: ${face}: anybody can ${canDo[face]}.`),
    "Set AUTH_MODE=token to ask for tokens, or HOST=127.0.0.1 to let in only this machine or a proxy on it.",
  ];
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
