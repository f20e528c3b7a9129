import type { Clock } from "../../ports/clock.ts";
import type { Presence, Presences } from "../../ports/presences.ts";
import { Kept, Members } from "./members.ts";

/** Presences that each new one looks at, so that groups nobody asks for any more do not gather. */
const LOOKS = 2;

/** How many presences of a node are handed out at once. */
const PAGE = 500;

/** Presences in one process. No verb waits in the middle, so each is one step. */
export function createMemoryPresences(clock: Clock): Presences {
  const groups = new Map<string, Members>();
  /** All that are in the groups, one after the other: a set of them would take as much memory as they do. */
  function* all(): Generator<Kept> {
    for (const members of groups.values()) yield* members.all();
  }
  let sweep = all();

  const current = (group: string, member: string): Presence | null => {
    const kept = groups.get(group)?.get(member);
    if (kept === undefined) return null;
    if (!kept.hasLapsed(clock.now())) return kept;
    remove(group, member);
    return null;
  };
  const put = (presence: Presence, ttlMs: number): void => {
    const members = groups.get(presence.group) ?? new Members();
    const former = members.get(presence.member);
    members.put(new Kept(presence, clock.now() + ttlMs));
    groups.set(presence.group, members);
    if (former === undefined) for (let at = 0; at < LOOKS; at++) lookAtOne();
  };
  const remove = (group: string, member: string): void => {
    const members = groups.get(group);
    if (members === undefined) return;
    members.delete(member);
    if (members.size === 0) groups.delete(group);
  };
  const lookAtOne = (): void => {
    const { value: kept } = sweep.next();
    if (kept === undefined) sweep = all();
    else current(kept.group, kept.member);
  };
  const present = (group: string): Presence[] =>
    [...(groups.get(group)?.all() ?? [])].map(({ member }) => current(group, member)).filter((one) => one !== null);

  return {
    async enter(presence, ttlMs) {
      const former = current(presence.group, presence.member);
      const since = Math.max(clock.now(), (former?.since ?? 0) + 1);
      put({ ...presence, since }, ttlMs);
      return { since, former };
    },
    async restore(presence, ttlMs) {
      const standing = current(presence.group, presence.member);
      const isOther = standing !== null && standing.connection !== presence.connection;
      if (isOther && standing.since >= presence.since) return { stands: standing, wasGone: false };
      put(presence, ttlMs);
      return { stands: null, wasGone: standing === null };
    },
    async prolong(presences, ttlMs) {
      return presences.filter(({ group, member, connection }) => {
        const standing = current(group, member);
        if (standing?.connection !== connection) return true;
        put(standing, ttlMs);
        return false;
      });
    },
    async leave(group, member, connection) {
      const isIts = current(group, member)?.connection === connection;
      if (isIts) remove(group, member);
      return isIts;
    },
    async of(names) {
      const found = names.map((name) => [name, present(name)] as const);
      return new Map(found.filter(([, all]) => all.length > 0));
    },
    async *ofNode(node) {
      const its = [...groups.keys()].flatMap(present).filter((presence) => presence.node === node);
      for (let at = 0; at < its.length; at += PAGE) yield its.slice(at, at + PAGE);
    },
  };
}
