import { startAgents } from "./agents.ts";
import { startCallers } from "./callers.ts";
import { startContacts } from "./contacts.ts";
import type { LoadContext, Population } from "./context.ts";
import { startDevices } from "./devices.ts";
import { startHosts } from "./hosts.ts";
import { startRooms } from "./rooms.ts";
import { startSessions } from "./sessions.ts";
import { startSignals } from "./signals.ts";
import { startSpectators } from "./spectators.ts";

/** Everybody there is, at rates that a small machine bears beside the servers. */
const crowds = {
  "host-pool": (load: LoadContext, scale: number) => startHosts(load, { hosts: 12 * scale, finders: 2 * scale }),
  coordinator: (load: LoadContext, scale: number) => startSessions(load, { hosts: 2 * scale }),
  arena: (load: LoadContext, scale: number) => startAgents(load, { agents: 6 * scale }),
  streams: (load: LoadContext, scale: number) => startSpectators(load, { streams: scale, viewers: 3 }),
  devices: (load: LoadContext, scale: number) => startDevices(load, { people: 3 + scale, devices: 3 }),
  rooms: (load: LoadContext, scale: number) => startRooms(load, { rooms: 3 * scale }),
  mailboxes: (load: LoadContext, scale: number) => startSignals(load, { sessions: 2 * scale }),
  contacts: (load: LoadContext, scale: number) => startContacts(load, { people: 2 * scale }),
  "video-chat": (load: LoadContext, scale: number) => startCallers(load, { callers: 4 + 4 * scale }),
};

export type Crowd = keyof typeof crowds;

export const allCrowds = Object.keys(crowds) as Crowd[];

/** Starts these clients; `scale` 1 is some hundred requests and messages a second in all. */
export function startLoad(load: LoadContext, which: readonly Crowd[] = allCrowds, scale = 1): readonly Population[] {
  return which.map((one) => crowds[one](load, scale));
}
