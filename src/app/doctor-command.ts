import type { CommandCall } from "./commands/command.ts";
import { loadConfig } from "./config/load.ts";
import { doctor } from "./doctor.ts";

/** Runs the doctor on the settings `serve` would use. */
export async function doctorCommand({ sources, json }: CommandCall): Promise<number> {
  const { config } = await loadConfig(sources);
  return doctor(
    {
      stunUrls: config.STUN_URLS,
      turnUrls: config.TURN_URLS,
      turnSecret: config.TURN_SECRET,
      turnTtlSeconds: config.TURN_TTL_SECONDS,
    },
    { json, write: (line) => console.log(line) },
  );
}
