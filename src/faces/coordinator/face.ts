import { Rounds } from "../../core/flow/rounds.ts";
import type { Hosts } from "../../core/sessions/hosts.ts";
import type { SessionMatches } from "../../core/sessions/session-matches.ts";
import type { Sessions } from "../../core/sessions/sessions.ts";
import type { Zones } from "../../core/sessions/zones.ts";
import type { Mailbox } from "../../core/signaling/mailbox.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { Face } from "../../transport/face.ts";
import type { PathAlias } from "../../transport/http/aliases.ts";
import type { RequestLimit } from "../../transport/limits/limit.ts";
import { groupDoc } from "./docs.ts";
import { refuse } from "./errors.ts";
import { recordFigures } from "./figures.ts";
import { hostRoutes, type HostRoutesOptions } from "./host-routes.ts";
import { monitoringRoutes, type MonitoringRoutesOptions } from "./monitoring-routes.ts";
import { sessionRoutes, type SessionRoutesOptions } from "./session-routes.ts";
import { signalingFigures } from "./signaling-figures.ts";
import { signalingRoutes } from "./signaling-routes.ts";
import { signalingSocket } from "./signaling-socket.ts";
import { zoneRoutes } from "./zone-routes.ts";

/** How often to look for hosts that have fallen silent, in ms. */
const SWEEP_MS = 1_000;

/** How often to look for sessions that nobody came to, in ms. */
const ABANDONED_MS = 5_000;

/** Both prefixes of the document: the one in use, and the one it plans. */
const aliases: readonly PathAlias[] = [{ from: "/api", to: "/api/v1" }];

export interface CoordinatorFaceOptions extends MonitoringRoutesOptions, HostRoutesOptions, SessionRoutesOptions {
  readonly hosts: Hosts;
  readonly zones: Zones;
  readonly sessions: Sessions;
  readonly mailbox: Mailbox;
  readonly matches: SessionMatches;
  readonly clock: Clock;
  readonly limit: RequestLimit | undefined;
  /** How often it may open a socket. */
  readonly connecting: RequestLimit | undefined;
  readonly maxMessageBytes: number;
  /** A sweep failed; the next one comes. */
  failed(error: unknown): void;
}

/** P2P coordinator: hosts, zones, sessions, their signaling, and whoever watches. */
export function coordinatorFace(options: CoordinatorFaceOptions): Face {
  const { hosts, mailbox, sessions, matches, clock, connecting, overview, failed } = options;
  const { limit, maxMessageBytes } = options;
  let sweeping: Timer | null = null;
  let underway: Promise<unknown> | null = null;
  const sweep = (): void => {
    underway ??= hosts
      .sweep()
      .catch(failed)
      .finally(() => (underway = null));
  };
  const abandoned = new Rounds({
    clock,
    idleMs: ABANDONED_MS,
    async round() {
      // Read even if nobody asks, so that whoever asks once the records are away sees figures that are hardly old.
      await overview();
      await sessions.sweep();
      return "idle";
    },
    failed,
  });
  return {
    name: "coordinator",
    http: [
      {
        name: "coordinator",
        routes: [
          ...hostRoutes(options),
          ...zoneRoutes(options),
          ...sessionRoutes(options),
          ...signalingRoutes(options),
          ...monitoringRoutes(options),
        ],
        prefixes: ["/api/hosts", "/api/zones", "/api/sessions", "/api/signaling", "/api/monitoring"],
        aliases,
        crossOrigin: true,
        limit,
        doc: groupDoc,
        refuse,
      },
    ],
    sockets: [signalingSocket({ mailbox, clock, sessions, matches, maxMessageBytes, aliases, limit: connecting })],
    start() {
      sweeping = clock.every(SWEEP_MS, sweep);
      abandoned.start();
      mailbox.start();
    },
    drain: () => mailbox.drain(),
    async stop() {
      sweeping?.cancel();
      await Promise.all([mailbox.stop(), underway, abandoned.stop()]);
    },
    figures: async () => [...recordFigures(await overview()), ...signalingFigures(mailbox)],
  };
}
