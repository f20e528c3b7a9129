import type { z } from "zod";
import type { findBody, heartbeatBody } from "./schema.ts";

// What comes thousands of times a second is nearly always of one plain form, which is read here in a fraction of the time
// that a schema takes. Whatever looks otherwise is left to the schema, which alone refuses and says why; a test holds each
// of these against its schema.

/** Null: the schema has the word. */
export function quickBeat(value: unknown): z.output<typeof heartbeatBody> | null {
  if (typeof value !== "object" || value === null) return null;
  const { hostId, roomId, region, status, publicIp, gameInfo } = value as Readonly<Record<string, unknown>>;
  if (!isText(hostId, 256) || !isText(roomId, 256)) return null;
  if (region !== undefined && !isText(region, 128)) return null;
  if (status !== undefined && status !== "idle" && status !== "busy") return null;
  if (publicIp !== undefined && !isText(publicIp, 64)) return null;
  if (gameInfo !== undefined && !isObject(gameInfo)) return null;
  return { hostId, roomId, region, status, publicIp, gameInfo };
}

/** Null: the schema has the word. */
export function quickFind(value: unknown): z.output<typeof findBody> | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { region } = value as Readonly<Record<string, unknown>>;
  return region === undefined || isText(region, 128) ? { region } : null;
}

/** Neither empty nor longer than `most`, in UTF-16 units. */
function isText(value: unknown, most: number): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= most;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
