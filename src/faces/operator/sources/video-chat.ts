import type { MemberView, Pairing } from "../../../core/matchmaking/types.ts";
import { DomainError } from "../../../core/errors/errors.ts";
import { inPath, localPage, plain, type Source } from "../source.ts";
import type { Item } from "../wire.ts";

const FACE = "video-chat";

export interface ChatView {
  readonly pairing: Pairing;
  /** Ends the connection of a member, for good: its client does not come back by itself. */
  disconnect(id: string): void;
}

/** Those who have joined the video chat on this node. */
export function chatTickets({ pairing, disconnect }: ChatView, node: string): Source {
  const show = (id: string): Item | null => {
    const member = pairing.member(id);
    return member && ticketItem(member, node);
  };
  const memberOf = (id: string): string | null => (id.startsWith(`${FACE}:`) ? id.slice(FACE.length + 1) : null);
  return {
    kind: "tickets",
    face: FACE,
    states: ["waiting", "resting", "matched", "idle"],
    isLocal: true,
    page: (query) =>
      localPage(new Map([...pairing.members()].map((id) => [`${FACE}:${id}`, () => show(id)] as const)), query),
    async find(id) {
      const item = show(memberOf(id) ?? "");
      return item && { item };
    },
    async search(text) {
      const item = show(text);
      return item === null ? [] : [item];
    },
    async act(name, id) {
      const member = memberOf(id);
      if (name !== "cancel" || member === null || pairing.member(member) === null) return null;
      if (!(await pairing.cancel(member))) throw new DomainError("action_refused", "It does not wait any more.");
      disconnect(member);
      return `${member} waits no longer; its connection was closed.`;
    },
  };
}

/** Pairs that talk, as far as one of them is connected to this node. */
export function chatMatches({ pairing }: ChatView, node: string): Source {
  const all = (): ReadonlyMap<string, MemberView> => {
    const found = new Map<string, MemberView>();
    for (const id of pairing.members()) {
      const member = pairing.member(id);
      if (member !== null && member.match !== null) found.set(member.match.id, member);
    }
    return found;
  };
  return {
    kind: "matches",
    face: FACE,
    states: ["talking"],
    isLocal: true,
    page: (query) =>
      localPage(new Map([...all()].map(([id, member]) => [id, () => matchItem(member, node)] as const)), query),
    async find(id) {
      const item = matchItem(all().get(id) ?? null, node);
      return item && { item, history: [{ at: item.since!, node: null, what: "made", detail: null }] };
    },
    async search(text) {
      const item = matchItem(all().get(text) ?? null, node);
      return item === null ? [] : [item];
    },
  };
}

function ticketItem({ id, phase, since, wish, match, avoids }: MemberView, node: string): Item {
  const shown = `${FACE}:${id}`;
  const mayCancel = phase === "waiting" || phase === "resting";
  return {
    ...plain,
    kind: "tickets",
    id: shown,
    label: id,
    state: phase,
    face: FACE,
    node,
    since,
    fields: {
      queue: `${FACE}:${wish.side}`,
      side: wish.side,
      seeks: wish.seeks,
      avoids: avoids.map((one) => one.id).join(", ") || null,
    },
    links: [
      ...(match === null ? [] : ([{ as: "match", kind: "matches", id: match.id }] as const)),
      { as: "node", kind: "nodes", id: node },
    ],
    actions: mayCancel
      ? [cancelAction(FACE, id, "Its connection is closed, because the protocol has no other word.")]
      : [],
  };
}

/** How an operator takes a ticket out of its line. */
export function cancelAction(face: string, id: string, and: string) {
  const shown = `${face}:${id}`;
  return {
    name: "cancel",
    label: "Cancel ticket",
    question: `Take ${id} out of the queue? ${and}`,
    path: `/admin/tickets/${inPath(shown)}/cancel`,
    body: {},
    confirm: shown,
  } as const;
}

function matchItem(member: MemberView | null, node: string): Item | null {
  if (member === null || member.match === null) return null;
  const { id, madeAt, partner } = member.match;
  return {
    ...plain,
    kind: "matches",
    id,
    label: id,
    state: "talking",
    face: FACE,
    node,
    since: madeAt,
    links: [member.id, partner.id].map((one) => ({ as: "ticket", kind: "tickets", id: `${FACE}:${one}` }) as const),
  };
}
