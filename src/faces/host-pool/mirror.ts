import { z } from "zod";
import type { ForeignHost, HostMirror } from "../../core/presence/host-mirror.ts";
import type { WireKeys } from "../../ports/wire-keys.ts";
import { DEFAULT_GAME_INFO, wireHost } from "./present.ts";
import { id as hostId } from "./schema.ts";

/** The document's key of a host is `host:{hostId}`. */
export const PREFIX = "host:";

const keyOf = (id: string): string => PREFIX + id;

/** As much as must be right in what another program wrote. */
const record = z.object({
  roomId: z.string().min(1).max(256),
  status: z.enum(["idle", "busy", "allocated"]),
  region: z.string().max(128).optional(),
  lastHeartbeat: z.number().optional(),
  publicIp: z.string().max(64).optional(),
  gameInfo: z.unknown().optional(),
});

/** The document's record of every pool host in Redis, for programs of another make. */
export function createHostMirror(keys: WireKeys, defaultRegion: string): HostMirror {
  return {
    beat: (host, ttlMs) => keys.put(keyOf(host.id), JSON.stringify(wireHost(host)), host.revision, ttlMs),
    changed: (host) => keys.replace(keyOf(host.id), JSON.stringify(wireHost(host)), host.revision),
    async freed(host) {
      await keys.replaceOwn(keyOf(host.id), JSON.stringify(wireHost(host)), host.revision);
    },
    left: (id, revision) => keys.remove(keyOf(id), revision),
    async confirm(host) {
      const key = keyOf(host.id);
      const found = await keys.replaceOwn(key, JSON.stringify(wireHost(host)), host.revision);
      if (found === "gone") return null;
      // What we wrote ourselves tells us nothing that the claim did not know better.
      if (found === "replaced") return { host, isShown: true };
      const shown = readHost(key, found.theirs, defaultRegion);
      if (shown?.state !== "idle") return null;
      const { revision, foreign, subject } = host;
      return { host: { ...shown, revision, foreign, subject, state: "allocated" }, isShown: false };
    },
  };
}

/** A host as its key shows it; null if the content is not what the document says. */
export function readHost(key: string, value: string, defaultRegion: string): ForeignHost | null {
  let content: unknown;
  try {
    content = JSON.parse(value);
  } catch {
    return null;
  }
  const result = record.safeParse(content);
  const named = hostId.safeParse(key.slice(PREFIX.length));
  if (!result.success || !named.success) return null;
  const { roomId, status, region, lastHeartbeat, publicIp, gameInfo } = result.data;
  return {
    id: named.data,
    room: roomId,
    state: status,
    region: region || defaultRegion,
    beatAt: lastHeartbeat ?? 0,
    publicIp: publicIp ?? "",
    info: gameInfo ?? DEFAULT_GAME_INFO,
  };
}
