import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DomainError } from "../../src/core/errors/errors.ts";
import { Hosts } from "../../src/core/sessions/hosts.ts";
import { Sessions } from "../../src/core/sessions/sessions.ts";
import { Zones } from "../../src/core/sessions/zones.ts";
import { systemRandom } from "../../src/adapters/system/random.ts";
import { aHost, aZone } from "../support/examples.ts";
import { expectTrueCounters } from "../support/recount.ts";
import type { MakeRecords, TestRecords } from "../support/records.ts";

/** One thing that somebody does; numbers choose among what there is. */
type Deed = { readonly do: keyof ReturnType<typeof deeds>; readonly a: number; readonly b: number; readonly n: number };

const SILENCE_MS = 60_000;
const PENDING_MS = 30_000;

/** All that anybody can do to the coordinator, on few names, so that they meet. */
function deeds({ hosts, zones, sessions, clock, retention }: Services) {
  const host = (a: number): string => `h${a % 4}`;
  const zone = (b: number): string => `z${b % 3}`;
  const session = (a: number): string => `${1 + (a % 12)}`;
  const player = (b: number): string => `p${b % 6}`;
  return {
    register: (a: number, b: number, n: number) =>
      hosts.register(aHost(host(a), { maxZones: 1 + (b % 4), maxPlayers: 1 + (n % 60) })),
    beat: (a: number, b: number, n: number) =>
      hosts.beat(host(a), { latencyMs: n / 7, currentPlayers: b % 5, packetLossPercent: b % 9 }),
    maintain: (a: number, b: number) => hosts.setMaintenance(host(a), b % 3 === 0),
    unregister: (a: number, b: number) => (b % 4 === 0 ? hosts.unregister(host(a)) : hosts.get(host(a))),
    silence: async (a: number, b: number) => {
      await clock.advance((b % 3) * 25_000);
      if (a % 2 === 0) await hosts.sweep();
    },
    sweep: () => hosts.sweep(),
    abandon: () => sessions.sweep(),
    create: (_a: number, b: number) => zones.create(zone(b), aZone()),
    update: (a: number, b: number, n: number) =>
      zones.update(zone(b), { p2pEnabled: a % 5 > 0, maxPlayers: 1 + (n % 20) }),
    open: (a: number, b: number, n: number) =>
      sessions.open({ zoneId: zone(b), hostId: n % 2 === 0 ? host(a) : undefined, maxPlayers: 1 + (n % 4) }),
    activate: (a: number) => sessions.activate(session(a)),
    end: (a: number) => sessions.end(session(a)),
    measure: (a: number, _b: number, n: number) => sessions.measure(session(a), { averageLatencyMs: n / 3 }),
    join: (a: number, b: number) => sessions.join(session(a), player(b)),
    leave: (a: number, b: number) => sessions.leave(session(a), player(b)),
    retire: (a: number, b: number) =>
      retention[b % 2 === 0 ? "hosts" : "sessions"]({ before: clock.now() - (a % 3) * 30_000, limit: 1 + (a % 9) }),
  };
}

interface Services {
  readonly hosts: Hosts;
  readonly zones: Zones;
  readonly sessions: Sessions;
  readonly clock: TestRecords["clock"];
  readonly retention: TestRecords["retention"];
}

/** Whatever is done, in whatever order and at once, every counter equals a recount. */
export function countersContract(adapter: string, make: MakeRecords): void {
  describe(`counters on ${adapter}`, () => {
    let records: TestRecords;
    beforeEach(async () => {
      records = await make();
    });
    afterEach(() => records.close());

    test("equal a recount after any workload, its parts at once", async () => {
      const { clock } = records;
      const hosts = new Hosts({ records: records.hosts, clock, silenceMs: SILENCE_MS });
      const zones = new Zones({ records: records.zones, clock });
      const silentSince = (): number => hosts.silentSince();
      const sessions = new Sessions({
        records: records.sessions,
        clock,
        random: systemRandom,
        silentSince,
        pendingMs: PENDING_MS,
        hasListened: () => true,
      });
      const all = deeds({ hosts, zones, sessions, clock, retention: records.retention });
      const names = Object.keys(all) as Deed["do"][];
      // Openings, joins and beats are what happens most.
      const often: Deed["do"][] = ["register", "beat", "open", "open", "activate", "join", "join", "join", "leave"];
      const deed: fc.Arbitrary<Deed> = fc.record({
        do: fc.constantFrom(...names, ...often),
        a: fc.nat(99),
        b: fc.nat(99),
        n: fc.nat(999),
      });
      const attempt = async (one: Deed): Promise<void> => {
        try {
          await all[one.do](one.a, one.b, one.n);
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
        }
      };
      for (let at = 0; at < 4; at++) await hosts.register(aHost(`h${at}`));
      for (let at = 0; at < 3; at++) await zones.create(`z${at}`, aZone());
      let done = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(deed, { minLength: 1, maxLength: 25 }), { maxLength: 4 }),
          async (rounds) => {
            for (const round of rounds) {
              await Promise.all(round.map(attempt));
              done += round.length;
              await expectTrueCounters(records.store, records.tallies);
            }
          },
        ),
        { numRuns: 100 },
      );
      expect(done).toBeGreaterThan(500);
    });
  });
}
