import type { HostRecords } from "../../ports/host-records.ts";
import type { SessionRecords, Step } from "../../ports/session-records.ts";
import type { Journal } from "./journal.ts";

/** The same records; what becomes of a session through this node is noted. */
export function notedSessions(records: SessionRecords, journal: Journal): SessionRecords {
  const noted = async <Outcome extends string>(
    step: Promise<Step<Outcome> | null>,
    what: string,
    player?: string,
  ): Promise<Step<Outcome> | null> => {
    const taken = await step;
    if (taken?.outcome === "done") journal.note("sessions", taken.session.publicId, what, player, player);
    return taken;
  };
  return {
    find: (ref) => records.find(ref),
    players: (session) => records.players(session),
    list: (filter) => records.list(filter),
    measure: (ref, metrics) => records.measure(ref, metrics),
    async open(request, now) {
      const opening = await records.open(request, now);
      if (opening.outcome === "opened") {
        const { publicId, hostId, zoneId } = opening.session;
        journal.note("sessions", publicId, "opened", `zone ${zoneId} on host ${hostId}`);
        noteHost(journal, hostId, "session opened", publicId);
      }
      return opening;
    },
    activate: (ref, now) => noted(records.activate(ref, now), "activated"),
    end: (ref, now) => noted(records.end(ref, now), "ended"),
    join: (ref, playerId, now) => noted(records.join(ref, playerId, now), "player joined", playerId),
    leave: (ref, playerId, now) => noted(records.leave(ref, playerId, now), "player left", playerId),
    async endAbandoned(emptySince, now, limit) {
      const ended = await records.endAbandoned(emptySince, now, limit);
      for (const session of ended) journal.note("sessions", session, "failed", "nobody was in it");
      return ended;
    },
  };
}

/** The same records; what becomes of a host through this node is noted, but for its heartbeats. */
export function notedHosts(records: HostRecords, journal: Journal): HostRecords {
  return {
    beat: (hostId, metrics, score, now) => records.beat(hostId, metrics, score, now),
    find: (hostId) => records.find(hostId),
    list: (filter) => records.list(filter),
    summaries: (filter) => records.summaries(filter),
    async register(registration, score, now) {
      const host = await records.register(registration, score, now);
      noteHost(journal, host.hostId, "registered", `player ${host.playerId}`, host.playerId);
      return host;
    },
    async setMaintenance(hostId, on) {
      const host = await records.setMaintenance(hostId, on);
      if (host !== null) noteHost(journal, hostId, on ? "put in maintenance" : "taken out of maintenance");
      return host;
    },
    async remove(hostId, now) {
      const ended = await records.remove(hostId, now);
      if (ended !== null) noteHost(journal, hostId, "unregistered");
      for (const session of ended ?? []) journal.note("sessions", session, "ended", "its host was unregistered");
      return ended;
    },
    async endSilent(seenBefore, now, limit) {
      const step = await records.endSilent(seenBefore, now, limit);
      for (const session of step.sessions) journal.note("sessions", session, "failed", "its host fell silent");
      return step;
    },
  };
}

function noteHost(journal: Journal, id: string, what: string, detail?: string, person?: string): void {
  journal.note("hosts", id, what, detail, person, "coordinator");
}
