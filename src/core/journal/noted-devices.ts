import type { Entered, NewPresence, Presences } from "../../ports/presences.ts";
import type { Journal } from "./journal.ts";

/** The same presences; devices that come and go through this node are noted. */
export function notedDevices(presences: Presences, journal: Journal): Presences {
  const note = ({ group, member }: Pick<NewPresence, "group" | "member">, what: string, detail?: string): void =>
    journal.note("devices", `${group}/${member}`, what, detail);
  const noteEntered = (presence: NewPresence, { former }: Entered): void =>
    note(presence, former === null ? "registered" : "registered again", `socket ${presence.connection}`);
  return {
    prolong: (all, ttlMs) => presences.prolong(all, ttlMs),
    of: (groups) => presences.of(groups),
    ofNode: (node) => presences.ofNode(node),
    async restore(presence, ttlMs) {
      const restored = await presences.restore(presence, ttlMs);
      if (restored.stands === null && restored.wasGone) note(presence, "came back");
      return restored;
    },
    async enter(presence, ttlMs) {
      const entered = await presences.enter(presence, ttlMs);
      noteEntered(presence, entered);
      return entered;
    },
    async enterIfRoom(presence, ttlMs, room) {
      const entered = await presences.enterIfRoom(presence, ttlMs, room);
      if (entered !== null) noteEntered(presence, entered);
      return entered;
    },
    async leave(group, member, connection) {
      const isGone = await presences.leave(group, member, connection);
      if (isGone) note({ group, member }, "left");
      return isGone;
    },
  };
}
