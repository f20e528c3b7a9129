import { z } from "zod";

/** Ids are opaque, but bounded: they become keys. */
export const id = z.string().min(1, "must not be empty").max(256, "must be at most 256 characters");

const state = z.enum(["idle", "busy"], { error: "must be idle or busy" });

/** Empty is none: the default stands for it. */
const region = z.string().max(128, "must be at most 128 characters");

export const heartbeatBody = z.object({
  hostId: id,
  roomId: id,
  region: region.nullish(),
  status: state.nullish(),
  publicIp: z.string().max(64, "must be at most 64 characters").nullish(),
  gameInfo: z.record(z.string(), z.unknown()).nullish(),
});

export const statusBody = z.object({ hostId: id, status: state });

/** The web client sends `{}`, or no body at all. */
export const findBody = z.object({ region: region.nullish() });
