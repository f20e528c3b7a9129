import type { Overview } from "../../core/sessions/overview.ts";
import type { Figure } from "../../transport/face.ts";

/** The coordinator's records for `/metrics`; none while they are away, rather than old ones. */
export function recordFigures({ hosts, zones, sessions, current }: Overview): readonly Figure[] {
  if (!current) return [];
  const gauge = (name: string, help: string, states: Readonly<Record<string, number>>): Figure[] =>
    Object.entries(states).map(([state, value]) => ({ name, help, type: "gauge", value, labels: { state } }));
  return [
    ...gauge("coordinator_hosts", "Registered hosts, by whether they are heard.", {
      online: hosts.online,
      offline: hosts.total - hosts.online,
    }),
    ...gauge("coordinator_zones", "Zones, by whether they take sessions.", {
      enabled: zones.enabled,
      disabled: zones.total - zones.enabled,
    }),
    ...gauge("coordinator_sessions", "Sessions, by whether they are active.", {
      active: sessions.active,
      inactive: sessions.total - sessions.active,
    }),
    { name: "coordinator_players", help: "Players in sessions.", type: "gauge", value: sessions.players },
  ];
}
