import type { Hosts } from "../../../core/sessions/hosts.ts";
import type { Sessions } from "../../../core/sessions/sessions.ts";
import { DomainError } from "../../../core/errors/errors.ts";
import { hostStatuses, type HostRecord } from "../../../ports/host-records.ts";
import type { OperatorRecords } from "../../../ports/operator-records.ts";
import type { Page } from "../../../ports/page.ts";
import { sessionStatuses, type SessionRecord } from "../../../ports/session-records.ts";
import { readNumber } from "../cursor.ts";
import { BITE, inPath, onlyOf, plain, sift, type Bite, type Source } from "../source.ts";
import type { HistoryEntry, Item } from "../wire.ts";
import { maintenanceAction } from "./pool-hosts.ts";

const FACE = "coordinator";

/** Sessions that a search finds by the name of a host, or of a player. */
const MOST_NAMED = 5;

/** Hosts that run zones. */
export function coordinatorHosts(hosts: Hosts): Source {
  const get = (id: string) => orNull("host_not_found", () => hosts.get(id));
  return {
    kind: "hosts",
    face: FACE,
    states: hostStatuses,
    isLocal: false,
    page: (query) =>
      sift(query, (from) =>
        byOffset(from, (page) => hosts.list({ status: onlyOf(hostStatuses, query), ...page }), hostItem),
      ),
    async find(id) {
      const host = id.startsWith(`${FACE}:`) ? await get(id.slice(FACE.length + 1)) : null;
      return host && { item: hostItem(host) };
    },
    async search(text) {
      const host = await get(text);
      return host === null ? [] : [hostItem(host)];
    },
    async act(name, id, on) {
      if (name !== "maintenance" || !id.startsWith(`${FACE}:`)) return null;
      const hostId = id.slice(FACE.length + 1);
      const host = await orNull("host_not_found", () => hosts.setMaintenance(hostId, on));
      return host && `It is ${host.status} now.`;
    },
  };
}

/** Hosts running zones for players. */
export function sessionSource(
  sessions: Sessions,
  records: Pick<OperatorRecords, "sessionTimes" | "sessionsOf">,
): Source {
  const get = (id: string) => orNull("session_not_found", () => sessions.get(id));
  return {
    kind: "sessions",
    face: FACE,
    states: sessionStatuses,
    isLocal: false,
    page: (query) =>
      sift(query, (from) =>
        byOffset(from, (page) => sessions.list({ status: onlyOf(sessionStatuses, query), ...page }), sessionItem),
      ),
    async find(id) {
      const session = await get(id);
      if (session === null) return null;
      return { item: sessionItem(session), history: await historyOf(session, records) };
    },
    async search(text) {
      const session = await get(text);
      const its = await sessions.list({ hostId: text, limit: MOST_NAMED, offset: 0 });
      const played = await Promise.all((await records.sessionsOf(text, MOST_NAMED)).map(get));
      return [session, ...its, ...played].filter((one) => one !== null).map(sessionItem);
    },
    async act(name, id) {
      const session = name === "end" ? await get(id) : null;
      if (session === null) return null;
      try {
        await sessions.end(session.publicId);
      } catch (error) {
        if (error instanceof DomainError) throw new DomainError("action_refused", error.message);
        throw error;
      }
      return `${session.publicId} has ended; its players have left.`;
    },
  };
}

async function historyOf(
  { id, createdAt, hostId, zoneId }: SessionRecord,
  records: Pick<OperatorRecords, "sessionTimes">,
): Promise<readonly HistoryEntry[]> {
  const times = await records.sessionTimes(id);
  const entry = (at: number, what: string, detail: string | null = null) => ({ at, node: null, what, detail });
  return [
    entry(createdAt, "opened", `zone ${zoneId} on host ${hostId}`),
    ...(times?.players ?? []).map(({ playerId, joinedAt }) => entry(joinedAt, "player joined", playerId)),
    ...(times === null || times.activatedAt === null ? [] : [entry(times.activatedAt, "activated")]),
    ...(times === null || times.endedAt === null ? [] : [entry(times.endedAt, "ended")]),
  ];
}

/** Lists of the records go on after so many rows. */
async function byOffset<Row>(
  from: string | null,
  list: (page: Page) => Promise<readonly Row[]>,
  show: (row: Row) => Item,
): Promise<Bite> {
  const offset = readNumber(from ?? "0");
  const rows = await list({ limit: BITE, offset });
  const found = rows.map((row, at) => ({ item: show(row), after: `${offset + at + 1}` }));
  return { found, next: rows.length < BITE ? null : `${offset + BITE}` };
}

function hostItem(host: HostRecord): Item {
  const { hostId, status, playerId, ipAddress, port, qualityScore, currentPlayers, maxPlayers } = host;
  const shown = `${FACE}:${hostId}`;
  return {
    ...plain,
    kind: "hosts",
    id: shown,
    label: hostId,
    state: status,
    face: FACE,
    since: host.createdAt,
    fields: {
      ...{ player: playerId, address: `${ipAddress}:${port}`, qualityScore },
      players: `${currentPlayers} of ${maxPlayers}`,
      sessions: `${host.currentZones} of ${host.maxZones}`,
      latencyMs: host.latencyMs,
      lastSeenAt: host.lastSeenAt,
    },
    actions: [maintenanceAction(FACE, hostId, shown, status === "MAINTENANCE")],
  };
}

function sessionItem(session: SessionRecord): Item {
  const { publicId, status, hostId, zoneId } = session;
  const isOpen = status === "PENDING" || status === "ACTIVE";
  return {
    ...plain,
    kind: "sessions",
    id: publicId,
    label: publicId,
    state: status,
    face: FACE,
    since: session.createdAt,
    fields: {
      zone: zoneId,
      host: hostId,
      players: `${session.currentPlayers} of ${session.maxPlayers}`,
      averageLatencyMs: session.averageLatencyMs,
      number: session.id,
    },
    links: [{ as: "host", kind: "hosts", id: `${FACE}:${hostId}` }],
    actions: isOpen
      ? [
          {
            name: "end",
            label: "End session",
            question: `End ${publicId}? Who plays in it leaves (${session.currentPlayers}), and its host has a free slot.`,
            path: `/admin/sessions/${inPath(publicId)}/end`,
            body: {},
            confirm: publicId,
          },
        ]
      : [],
  };
}

async function orNull<Result>(code: string, step: () => Promise<Result>): Promise<Result | null> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof DomainError && error.code === code) return null;
    throw error;
  }
}
