import type { HostPool } from "../../core/presence/host-pool.ts";
import type { Maintenance } from "../../core/presence/maintenance.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { Leases } from "../../ports/leases.ts";
import type { Face, Figure } from "../../transport/face.ts";
import { groupDoc } from "./docs.ts";
import { refuse } from "./errors.ts";
import type { ForeignHosts } from "./foreign-hosts.ts";
import { createKnownBeats } from "./known-beats.ts";
import { hostPoolRoutes, type HostPoolRoutesOptions } from "./routes.ts";

/**
 * How often expired hosts are swept out, and hosts that came free by themselves are shown to programs of another make, in ms.
 * Nothing else depends on it but memory.
 */
const SWEEP_MS = 1_000;

export interface HostPoolFaceOptions extends Omit<HostPoolRoutesOptions, "knownBeats"> {
  readonly pool: HostPool;
  readonly leases: Pick<Leases, "sweep">;
  readonly clock: Clock;
  /** Set where the store is shared with programs of another make. */
  readonly foreignHosts: ForeignHosts | null;
  readonly maintenance: Pick<Maintenance, "start" | "stop">;
  failed(error: unknown): void;
}

/** Cloud-gaming host matchmaking: hosts beat, clients find one. */
export function hostPoolFace(options: HostPoolFaceOptions): Face {
  const { pool, limits, leases, clock, foreignHosts, failed } = options;
  const knownBeats = createKnownBeats();
  const sweep = async (): Promise<void> => {
    await leases.sweep();
    await pool.showFreed();
  };
  let sweeping: Timer | null = null;
  let forgetting: Timer | null = null;
  return {
    name: "host-pool",
    http: [
      {
        name: "host-pool",
        routes: hostPoolRoutes({ ...options, knownBeats }),
        prefixes: ["/api/host", "/api/match"],
        crossOrigin: true,
        limit: limits.write,
        doc: groupDoc,
        refuse,
      },
    ],
    start() {
      sweeping = clock.every(SWEEP_MS, () => void sweep().catch(failed));
      forgetting = clock.every(options.leaseSeconds * 1_000, () => knownBeats.sweep());
      foreignHosts?.start();
      options.maintenance.start();
    },
    drain: () => pool.drain(),
    async stop() {
      sweeping?.cancel();
      forgetting?.cancel();
      foreignHosts?.stop();
      options.maintenance.stop();
    },
    async figures(): Promise<readonly Figure[]> {
      const counts = await pool.counts();
      const { beats, found, missed, putBack } = pool.totals();
      const hosts = (state: "idle" | "allocated" | "busy"): Figure => ({
        name: "hosts",
        help: "Hosts in the pool, by state.",
        type: "gauge",
        value: counts[state],
        labels: { state },
      });
      const finds = (outcome: string, value: number): Figure => ({
        name: "finds_total",
        help: "Finds answered, by outcome.",
        type: "counter",
        value,
        labels: { outcome },
      });
      const allocations = (outcome: string, value: number): Figure => ({
        name: "allocations_total",
        help: "Hosts given to a client, claimed but put back because their record says they are not free, and refused.",
        type: "counter",
        value,
        labels: { outcome },
      });
      return [
        hosts("idle"),
        hosts("allocated"),
        hosts("busy"),
        { name: "heartbeats_total", help: "Host heartbeats taken.", type: "counter", value: beats },
        finds("found", found),
        finds("none", missed),
        allocations("made", found),
        allocations("released", putBack),
        allocations("refused", missed),
        {
          name: "allocations_expired_total",
          help: "Allocations whose client never came, on all nodes.",
          type: "counter",
          value: counts.lapsed,
        },
      ];
    },
  };
}
