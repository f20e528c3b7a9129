import type { Handovers } from "../../../ports/handovers.ts";
import type { RedisCalls } from "../calls.ts";
import { collect } from "./collect.ts";
import { leave } from "./leave.ts";

/** Handovers that several nodes share. */
export function createRedisHandovers(options: {
  readonly calls: RedisCalls;
  /** Keeps names of several uses of one Redis apart. */
  readonly prefix?: string;
}): Handovers {
  const { calls, prefix = "rendezvous:handover:" } = options;
  return {
    async leave(name, value, ttlMs) {
      await calls.script(leave, [prefix + name], [value, Math.max(1, Math.ceil(ttlMs))]);
    },
    async collect(name) {
      return (await calls.script(collect, [prefix + name], [])) as string | null;
    },
  };
}
