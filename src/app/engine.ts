import { createMemoryBus } from "../adapters/memory/bus.ts";
import { createMemoryHandovers } from "../adapters/memory/handovers.ts";
import { createMemoryHomes } from "../adapters/memory/homes.ts";
import { createMemoryLeases } from "../adapters/memory/leases.ts";
import { createMemoryMailboxes } from "../adapters/memory/mailboxes.ts";
import { createMemoryNodes } from "../adapters/memory/nodes.ts";
import { createMemoryPresences } from "../adapters/memory/presences.ts";
import { createMemoryRates } from "../adapters/memory/rates.ts";
import { createMemoryStreams } from "../adapters/memory/streams.ts";
import { createMemoryTickets } from "../adapters/memory/tickets.ts";
import { steadyClock, systemClock } from "../adapters/system/clock.ts";
import { systemRandom } from "../adapters/system/random.ts";
import type { Bus } from "../ports/bus.ts";
import type { Clock } from "../ports/clock.ts";
import type { Handovers } from "../ports/handovers.ts";
import type { Homes } from "../ports/homes.ts";
import type { LeasePages } from "../ports/lease-pages.ts";
import type { Leases } from "../ports/leases.ts";
import type { Mailboxes } from "../ports/mailboxes.ts";
import type { Nodes } from "../ports/nodes.ts";
import type { Presences } from "../ports/presences.ts";
import type { Random } from "../ports/random.ts";
import type { Rates } from "../ports/rates.ts";
import type { Streams } from "../ports/streams.ts";
import type { Tickets } from "../ports/tickets.ts";
import type { WireChannel } from "../ports/wire-channel.ts";
import type { WireFields } from "../ports/wire-fields.ts";
import type { WireKeys } from "../ports/wire-keys.ts";

/** The adapters this process runs on. */
export interface Engine {
  /** For people: what keeps the state. */
  readonly about: string;
  /** What everything is measured by; never jumps. */
  readonly clock: Clock;
  /** For times that others read, or have written: tokens and TURN credentials. */
  readonly timeOfDay: Clock;
  readonly random: Random;
  readonly mailboxes: Mailboxes;
  readonly streams: Streams;
  readonly rates: Rates;
  readonly handovers: Handovers;
  readonly bus: Bus;
  readonly nodes: Nodes;
  leases(pool: string): Leases & LeasePages;
  tickets(queue: string): Tickets;
  presences(kind: string): Presences;
  homes(kind: string): Homes;
  /** Null where no store is shared with programs of another make. */
  readonly wireKeys: WireKeys | null;
  /** Null likewise. */
  readonly wireChannel: WireChannel | null;
  readonly wireFields: WireFields | null;
  /** Waits until the stores answer, or for a moment at most: without them the server is degraded, not down. */
  ready(): Promise<void>;
  /** How Redis is doing; embedded: there is none. */
  redis(): "healthy" | "unhealthy" | "embedded";
  /** What is wrong with a store right now, in words; empty when all is well. */
  troubles(): readonly string[];
  close(): void;
}

/** Everything in this process. */
export function embeddedEngine(): Engine {
  // Two who ask for one kind must see the same, as they do in Redis.
  const presences = new Map<string, Presences>();
  return {
    about: "embedded (one node, state in memory)",
    clock: steadyClock,
    timeOfDay: systemClock,
    random: systemRandom,
    tickets: () => createMemoryTickets({ clock: steadyClock, random: systemRandom }),
    mailboxes: createMemoryMailboxes(steadyClock),
    streams: createMemoryStreams(steadyClock),
    bus: createMemoryBus(),
    nodes: createMemoryNodes(steadyClock),
    leases: () => createMemoryLeases(steadyClock),
    presences(kind) {
      const known = presences.get(kind) ?? createMemoryPresences(steadyClock);
      presences.set(kind, known);
      return known;
    },
    homes: () => createMemoryHomes(steadyClock),
    rates: createMemoryRates({ clock: steadyClock }),
    handovers: createMemoryHandovers(steadyClock),
    wireKeys: null,
    wireChannel: null,
    wireFields: null,
    ready: async () => undefined,
    redis: () => "embedded",
    troubles: () => [],
    close: () => undefined,
  };
}
