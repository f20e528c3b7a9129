import type { Db, Store } from "../../src/adapters/sql/store.ts";

/** What a text may hold that is awkward to write down. */
const AWKWARD = `"a" \\ 'b'\n\t\u2028 ж 🦊 {"x":[1,null]}`;
const MOST = Number.MAX_SAFE_INTEGER;

/**
 * Puts rows into every table that holds records, with the values that are the hardest to move, and takes the last of some
 * tables away again. `hosts`: how many, so that they come in several pages.
 */
export async function fillRecords(store: Store, { hosts = 1_203 } = {}): Promise<void> {
  await store.transact(async (db) => {
    await fillCoordinator(db, hosts);
    await fillAccounts(db);
    await fillArena(db);
    await fillChain(db);
    await fillAudit(db);
  });
}

async function fillCoordinator(db: Db, count: number): Promise<void> {
  const host = (n: number) => ({
    host_id: `host-${n}`,
    player_id: `player-${n % 7}`,
    player_name: n === 0 ? AWKWARD : "",
    ip_address: "2001:db8::1",
    port: 65_535,
    public_ip: n % 2 === 0 ? null : "203.0.113.7",
    cpu_cores: n % 3 === 0 ? null : 0.1 + n,
    cpu_frequency_mhz: 1e-7,
    memory_mb: 1.7976931348623157e308,
    network_speed_mbps: 0.30000000000000004,
    max_players: 8,
    max_zones: 2,
    ice_servers: JSON.stringify([{ urls: AWKWARD }]),
    latency_ms: n / 3,
    packet_loss_percent: 0.07,
    bandwidth_usage_mbps: 12.5,
    current_players: n % 9,
    current_zones: n % 3,
    quality_score: (n * 7.31) % 100,
    alive: n % 5 === 0 ? 0 : 1,
    maintenance: n % 11 === 0 ? 1 : 0,
    created_at: 1_700_000_000_000 + n,
    last_seen_at: 1_700_000_000_000 + n,
  });
  // In portions, as the databases limit the values of a statement.
  for (let from = 0; from < count; from += 100) {
    const some = Array.from({ length: Math.min(100, count - from) }, (_, n) => host(from + n));
    await db.insertInto("hosts").values(some).execute();
  }
  await db
    .deleteFrom("hosts")
    .where("host_id", "=", `host-${count - 1}`)
    .execute();
  const zone = {
    zone_id: "zone-1",
    zone_name: "Ω",
    zone_display_name: AWKWARD,
    map_name: "map",
    max_players: 100,
    recommended_players: 50,
    p2p_enabled: 1,
    p2p_priority: 5,
    min_host_quality_score: 49.99,
    min_bandwidth_mbps: 5,
    max_latency_ms: null,
    status: "ENABLED" as const,
    active_sessions: 1,
    total_players_served: 4,
    players_forgotten: 2,
    created_at: 1,
  };
  await db
    .insertInto("zones")
    .values([zone, { ...zone, zone_id: "zone-2", status: "DISABLED" as const }])
    .execute();
  const session = {
    public_id: "session-1",
    host: 2,
    host_id: "host-1",
    zone: 1,
    zone_id: "zone-1",
    status: "ACTIVE" as const,
    max_players: 4,
    current_players: 1,
    average_latency_ms: 33.333,
    quality_score: null,
    created_at: 2,
    activated_at: 3,
    ended_at: null,
  };
  const ended = { ...session, public_id: "session-2", status: "ENDED" as const, current_players: 0, ended_at: 4 };
  await db.insertInto("sessions").values([session, ended]).execute();
  const players = [
    { session: 1, player_id: "player-1", connected: 1, joined_at: 5 },
    { session: 1, player_id: "player-2", connected: 0, joined_at: 4 },
  ];
  await db.insertInto("session_players").values(players).execute();
}

async function fillAccounts(db: Db): Promise<void> {
  for (const email of ["alice@example.com", "bob@example.com"]) {
    await db
      .insertInto("accounts")
      .values({ email, password_hash: `$argon2id$${AWKWARD}`, created_at: 1, signed_in_at: MOST })
      .execute();
    const token = { id: `id-${email}`, digest: `digest-${email}`, email, name: null, user_agent: AWKWARD };
    await db
      .insertInto("tokens")
      .values({ ...token, created_at: 1, last_used_at: 2, expires_at: 3 })
      .execute();
    const handed = { email, digest: `digest-${email}`, created_at: 1, expires_at: 2 };
    await db.insertInto("reset_codes").values(handed).execute();
    await db.insertInto("invites").values(handed).execute();
  }
  await db.insertInto("invites").values({ digest: "x", email: null, created_at: 1, expires_at: 2 }).execute();
  // Sorted byte by byte: Z before a, and both before ä.
  for (const other of ["Zoe@example.com", "bob@example.com", "ä@example.com"]) {
    await db
      .insertInto("contacts")
      .values({ owner: "alice@example.com", other, status: "accepted", since: 7 })
      .execute();
  }
}

async function fillArena(db: Db): Promise<void> {
  const large = String(2n ** 200n);
  const side = (n: 1 | 2) => ({
    [`p${n}_queue_id`]: `queue-${n}`,
    [`p${n}_connect_code`]: `FOX#${n}`,
    [`p${n}_fighter_name`]: AWKWARD,
    [`p${n}_wallet`]: null,
    [`p${n}_agent_id`]: n === 1 ? large : "0",
    [`p${n}_report`]: JSON.stringify({ winner: 1 }),
  });
  for (const n of [1, 2, 3] as const) {
    const status = n === 3 ? ("waiting" as const) : ("matched" as const);
    const entry = {
      queue_id: `queue-${n}`,
      connect_code: `FOX#${n}`,
      fighter_name: null,
      wallet: "0xAb",
      agent_id: large,
    };
    await db
      .insertInto("queue_entries")
      .values({ ...entry, status, match_id: n === 3 ? null : "match-1", created_at: 1, seen_at: 2 })
      .execute();
  }
  const match = {
    match_id: "match-1",
    status: "completed" as const,
    ...side(1),
    ...side(2),
    winner: "p1" as const,
    winner_score: 2,
    loser_score: 1,
    completed_at: 9,
    wager_status: "accepted" as const,
    wager_amount: large,
    wager_id: "7",
    wager_proposer: "p2" as const,
    created_at: 1,
    active_at: 9,
  };
  await db
    .insertInto("matches")
    .values(match as never)
    .execute();
  const signature = { match_id: "match-1", signer: "0xab", address: "0xAb", signature: "0x00ff", created_at: 3 };
  await db.insertInto("match_signatures").values(signature).execute();
  const change = { match_id: "match-1", elo_before: 1_500, elo_after: 1_516, created_at: 4 };
  for (const [agent_id, opponent_id, outcome, won] of [
    [large, "0", "won", 1],
    ["0", large, "lost", 0],
  ] as const) {
    const counts = { matches: 1, wins: won, losses: 1 - won, rated_at: 4 };
    await db
      .insertInto("agents")
      .values({ agent_id, elo: 1_516, ...counts })
      .execute();
    await db
      .insertInto("rating_changes")
      .values({ ...change, agent_id, opponent_id, outcome })
      .execute();
  }
  const replay = { match_id: "match-1", games: 2, is_complete: 1, bytes: 40 * 256, started_at: 1, updated_at: 2 };
  await db.insertInto("replays").values(replay).execute();
  for (let number = 0; number < 40; number++) {
    const content = Uint8Array.from({ length: 256 }, (_, byte) => (byte + number) % 256);
    await db.insertInto("replay_pieces").values({ match_id: "match-1", recorder: "r", number, content }).execute();
  }
}

async function fillChain(db: Db): Promise<void> {
  const agent_id = String(2n ** 200n);
  const row = { match_id: "match-1", agent_id, state: "sent" as const, revision: 3, chain_id: 10_143, signer: "0xab" };
  await db
    .insertInto("feedback_outbox")
    .values({ ...row, nonce: MOST, tx_hash: "0x1", tx_raw: "0x2", reason: null, created_at: 1, changed_at: 2 })
    .execute();
  const chain_id = MOST;
  await db.insertInto("wager_cursors").values({ chain_id, contract: "0xc", next_block: 5 }).execute();
  await db.insertInto("feedback_cursors").values({ chain_id, registry: "0xd", signer: "0xe", next_block: 6 }).execute();
  await db.insertInto("spent_nonces").values({ chain_id, signer: "0xe", nonce: 0 }).execute();
}

async function fillAudit(db: Db): Promise<void> {
  const entry = { who: "127.0.0.1", action: "end", kind: "sessions", target: "session-1", outcome: "done" as const };
  await db
    .insertInto("audit_entries")
    .values({ ...entry, at: MOST, detail: null })
    .execute();
}
