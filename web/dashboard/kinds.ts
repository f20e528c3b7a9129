import type { Kind, Overview } from "../../src/faces/operator/wire.ts";
import { element } from "./element.ts";

export interface KindWords {
  readonly title: string;
  /** One of them, in a sentence. */
  readonly one: string;
  /** What an empty list says: what would fill it. */
  readonly empty: string;
  /** Where one can be had at once. */
  readonly start?: { readonly href: string; readonly text: string };
  /** What of the overview changes when the list does; null: nothing of it says so. */
  readonly follows: ((overview: Overview) => unknown) | null;
}

const simulate = "npm run rendezvous -- simulate";

export const kinds: Readonly<Record<Kind, KindWords>> = {
  nodes: {
    title: "Nodes",
    one: "node",
    empty: "No nodes yet. Each server that shares this one's Redis is listed here.",
    follows: ({ nodes }) => nodes,
  },
  hosts: {
    title: "Hosts",
    one: "host",
    empty: "No hosts yet. A gaming PC is here after its first heartbeat, a game host once it has registered.",
    start: { href: "/demo/play/host", text: "Be a host in this browser" },
    follows: ({ hosts }) => hosts,
  },
  devices: {
    title: "Devices",
    one: "device",
    empty: "No devices online. Two devices of one account, or of contacts, see each other here and connect.",
    start: { href: "/demo/devices", text: "Connect two windows of this browser" },
    follows: ({ devices }) => devices,
  },
  tickets: {
    title: "Tickets",
    one: "ticket",
    empty: "Nobody waits. Whoever joins the arena's queue or the video chat is here until they are matched.",
    start: { href: "/demo/video-chat", text: "Join the video chat" },
    follows: ({ queues }) => queues.map(({ name, waiting, formed, expired }) => [name, waiting, formed, expired]),
  },
  matches: {
    title: "Matches",
    one: "match",
    empty: `No matches. Two tickets of one queue make one. To see some now, run: ${simulate}`,
    follows: ({ matches, videoChat }) => [matches, videoChat],
  },
  sessions: {
    title: "Sessions",
    one: "session",
    empty: "No sessions. The coordinator opens one when a player asks for a zone that a host can run.",
    follows: ({ sessions }) => sessions,
  },
  streams: {
    title: "Streams",
    one: "stream",
    empty: `No match is streamed. An agent that publishes its frames is here, with its viewers. To see one now, run: ${simulate}`,
    follows: ({ streams }) => streams,
  },
  rooms: {
    title: "Rooms",
    one: "room",
    empty: "No rooms. A room is here while somebody is connected to it for signaling.",
    start: { href: "/demo/play", text: "Press Play" },
    follows: ({ rooms }) => rooms,
  },
  refusals: {
    title: "Refusals",
    one: "refusal",
    empty: "Nothing was refused since the nodes began. What is, is counted here by route and by code.",
    follows: ({ rates }) => [rates.refusals, rates.errors],
  },
  errors: {
    title: "Errors",
    one: "error",
    empty: "No errors since the nodes began.",
    follows: ({ errors }) => errors.map(({ id, count }) => [id, count]),
  },
  audit: {
    title: "Audit log",
    one: "entry",
    empty: "No operator has done anything yet. Each action is written down here: who, what, when and how it ended.",
    follows: null,
  },
};

/** The sentence of an empty list, and the way to something. */
export function emptiness(kind: Kind): readonly (string | HTMLElement)[] {
  const { empty, start } = kinds[kind];
  return start === undefined ? [empty] : [`${empty} `, element("a", { href: start.href }, start.text), "."];
}

export const kindNames = Object.keys(kinds) as readonly Kind[];

export function isKind(text: string): text is Kind {
  return Object.hasOwn(kinds, text);
}
