import type { z } from "zod";
import type { heartbeatBody } from "./schema.ts";

/**
 * Reads what nearly every host sends with a heartbeat, in a fraction of the time that the schema takes. Whatever looks
 * otherwise is left to the schema, which alone refuses and says why; a test holds this against it. Null: the schema has
 * the word.
 */
export function quickBeat(value: unknown): z.output<typeof heartbeatBody> | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const sent = value as Readonly<Record<string, unknown>>;
  const { latency_ms, packet_loss_percent, bandwidth_usage_mbps, current_players } = sent;
  if (!isAmount(latency_ms, 3_600_000) || !isAmount(packet_loss_percent, 100)) return null;
  if (!isAmount(bandwidth_usage_mbps, 1_000_000_000) || !isAmount(current_players, 1_000_000)) return null;
  if (current_players !== undefined && !Number.isInteger(current_players)) return null;
  return { latency_ms, packet_loss_percent, bandwidth_usage_mbps, current_players };
}

/** Neither negative nor more than `most`, or left out. */
function isAmount(value: unknown, most: number): value is number | undefined {
  return value === undefined || (typeof value === "number" && value >= 0 && value <= most);
}
