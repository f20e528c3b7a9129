import { expect, test } from "bun:test";
import { createMemoryBus } from "../../adapters/memory/bus.ts";
import { createMemoryMailboxes } from "../../adapters/memory/mailboxes.ts";
import { createMemoryPresences } from "../../adapters/memory/presences.ts";
import { systemRandom } from "../../adapters/system/random.ts";
import { createBusCourier } from "../../core/cluster/bus-courier.ts";
import { openEntitlements } from "../../core/credentials/entitlements.ts";
import { Hosts } from "../../core/sessions/hosts.ts";
import { createOverview } from "../../core/sessions/overview.ts";
import { SessionMatches } from "../../core/sessions/session-matches.ts";
import { Sessions } from "../../core/sessions/sessions.ts";
import { Zones } from "../../core/sessions/zones.ts";
import { Mailbox } from "../../core/signaling/mailbox.ts";
import { StoreUnavailable } from "../../ports/store-error.ts";
import { aHost } from "../../../test/support/examples.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { sqliteRecords } from "../../../test/support/records.ts";
import { coordinatorFace } from "./face.ts";

const SILENCE_MS = 60_000;

test("once the records are away the figures are those of a moment ago, though nobody had asked for them", async () => {
  const records = await sqliteRecords();
  const { clock } = records;
  const failed = (): void => {};
  let reads = 0;
  let areAway = false;
  const overview = createOverview({
    async read() {
      if (areAway) throw new StoreUnavailable(null);
      const counts = await records.tallies.read();
      reads++;
      return counts;
    },
  });
  const hosts = new Hosts({ records: records.hosts, clock, silenceMs: SILENCE_MS });
  const sessions = new Sessions({
    records: records.sessions,
    ...{ clock, random: systemRandom, pendingMs: null },
    silentSince: () => hosts.silentSince(),
    hasListened: () => true,
  });
  const mailbox = new Mailbox({
    mailboxes: createMemoryMailboxes(clock),
    presences: createMemoryPresences(clock),
    courier: createBusCourier({ node: "n", bus: createMemoryBus(), clock, failed }),
    membership: { isDead: () => false, onDeath: () => undefined, onReturn: () => undefined },
    ...{ clock, sessions, ttlMs: SILENCE_MS, failed },
  });
  const face = coordinatorFace({
    ...{ hosts, zones: new Zones({ records: records.zones, clock }), sessions, mailbox, clock, overview, failed },
    matches: new SessionMatches({ entitlements: openEntitlements, company: null, silenceMs: SILENCE_MS, failed }),
    ...{ limit: undefined, connecting: undefined, beating: undefined, opening: undefined },
    maxMessageBytes: 65_536,
    stores: { postgres: true, redis: () => "embedded" },
  });
  try {
    await hosts.register(aHost("h"));
    face.start!();
    await clock.advance(1);
    await eventually("the figures were read", async () => reads === 1);
    areAway = true;
    expect(await overview()).toMatchObject({ hosts: { total: 1, online: 1 }, current: false });
  } finally {
    await face.stop!();
    await records.close();
  }
});
