/** The faces that are built, by folder name. */
export const faceNames = ["host-pool", "coordinator", "devices", "arena", "rooms", "video-chat"] as const;

export type FaceName = (typeof faceNames)[number];

/**
 * Faces that write records. Without a DATABASE_URL each node keeps its own in DATA_DIR, so these cannot share a
 * REDIS_URL with other nodes.
 */
export const facesWithRecords: ReadonlySet<string> = new Set<FaceName>(["coordinator", "devices", "arena"]);

/** True if a face that is served keeps records. */
export function keepsRecords(config: { readonly FACES: readonly FaceName[] }): boolean {
  return config.FACES.some((face) => facesWithRecords.has(face));
}
