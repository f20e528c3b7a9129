import type { Clock } from "../../ports/clock.ts";
import type { Entered, NewPresence, Presence, Presences } from "../../ports/presences.ts";
import { Kept, Members } from "./members.ts";

/** Presences that each new one looks at, so that groups nobody asks for any more do not gather. */
const LOOKS = 2;

/** How many presences of a node are handed out at once. */
const PAGE = 500;

/** Presences in one process. No verb waits in the middle, so each is one step. */
export function createMemoryPresences(clock: Clock): Presences {
  const members = new Members();
  let sweep = members.all();

  const current = (group: string, member: string): Presence | null => {
    const kept = members.get(group, member);
    if (kept === undefined) return null;
    if (!kept.hasLapsed(clock.now())) return kept;
    members.delete(group, member);
    return null;
  };
  const put = (presence: NewPresence, since: number, ttlMs: number): void => {
    const isNew = members.get(presence.group, presence.member) === undefined;
    members.put(new Kept(presence, since, clock.now() + ttlMs));
    if (isNew) for (let at = 0; at < LOOKS; at++) lookAtOne();
  };
  const lookAtOne = (): void => {
    const { value: kept } = sweep.next();
    if (kept === undefined) sweep = members.all();
    else current(kept.group, kept.member);
  };
  const present = (group: string): Presence[] => {
    const all: Presence[] = [];
    for (const { member } of members.of(group)) {
      const one = current(group, member);
      if (one !== null) all.push(one);
    }
    return all;
  };

  const enter = (presence: NewPresence, ttlMs: number): Entered => {
    const former = current(presence.group, presence.member);
    const since = Math.max(clock.now(), (former?.since ?? 0) + 1);
    put(presence, since, ttlMs);
    return { since, former };
  };

  return {
    enter: async (presence, ttlMs) => enter(presence, ttlMs),
    async enterIfRoom(presence, ttlMs, { most, without }) {
      const { group, member } = presence;
      const isThere = current(group, member) !== null;
      if (!isThere && present(group).filter(({ node }) => !without.includes(node)).length >= most) return null;
      return enter(presence, ttlMs);
    },
    async restore(presence, ttlMs) {
      const standing = current(presence.group, presence.member);
      const isOther = standing !== null && standing.connection !== presence.connection;
      if (isOther && standing.since >= presence.since) return { stands: standing, wasGone: false };
      put(presence, presence.since, ttlMs);
      return { stands: null, wasGone: standing === null };
    },
    async prolong(presences, ttlMs) {
      return presences.filter(({ group, member, connection }) => {
        const standing = current(group, member);
        if (standing?.connection !== connection) return true;
        put(standing, standing.since, ttlMs);
        return false;
      });
    },
    async leave(group, member, connection) {
      const isIts = current(group, member)?.connection === connection;
      if (isIts) members.delete(group, member);
      return isIts;
    },
    async of(names) {
      const found = new Map<string, readonly Presence[]>();
      for (const name of names) {
        const all = present(name);
        if (all.length > 0) found.set(name, all);
      }
      return found;
    },
    async *ofNode(node) {
      const its = [...members.names()].flatMap(present).filter((presence) => presence.node === node);
      for (let at = 0; at < its.length; at += PAGE) yield its.slice(at, at + PAGE);
    },
  };
}
