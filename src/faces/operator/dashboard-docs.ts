import { problem } from "../../core/errors/errors.ts";
import type { RouteDoc } from "../../transport/http/documentation.ts";
import { Refusal } from "../../transport/http/refusal.ts";
import { doneAnswer, listAnswer, objectAnswer, searchAnswer } from "./dashboard-schema.ts";

const WHO =
  "Takes the ADMIN_TOKEN as Bearer token, or where AUTH_MODE is token a JWT with scope `admin`. Where neither is set, " +
  "callers on the server's own machine may.";

const refusals = [problem("dashboard_off"), new Refusal("token_required"), new Refusal("forbidden")];
const actRefusals = [
  ...refusals,
  problem("not_confirmed"),
  problem("object_not_found"),
  problem("action_refused"),
  problem("store_unavailable"),
];

const action = (id: string, description: string, params: Readonly<Record<string, string>>): RouteDoc => ({
  id,
  description: `${description} It goes into the audit log first. ${WHO}`,
  params,
  responses: { 200: { description: "It is done.", schema: doneAnswer } },
  refusals: actRefusals,
});

const KIND = "nodes, hosts, devices, tickets, matches, sessions, streams, rooms, errors or audit.";

export const docs = {
  live: {
    id: "watchOverview",
    description:
      "Server-sent events: `history` once, with samples of the last 15 minutes; then `overview` each second and " +
      `\`sample\` every five. \`docs/dashboard.md\` says what is in them. ${WHO}`,
    responses: { 200: { description: "The events.", mediaType: "text/event-stream" } },
    refusals,
  },
  search: {
    id: "searchObjects",
    description: `Whatever has this id, or is named by it: a user, a socket, a connect code. ${WHO}`,
    query: { q: "Any id." },
    example: { query: { q: "host-1" } },
    responses: {
      200: { description: "What was found, twenty at most.", schema: searchAnswer, example: { items: [] } },
    },
    refusals,
  },
  list: {
    id: "listObjects",
    description: `On all nodes. ${WHO}`,
    params: { kind: KIND },
    example: { params: { kind: "hosts" } },
    responses: { 200: { description: "A page of them.", schema: listAnswer } },
    refusals: [...refusals, problem("object_not_found"), problem("store_unavailable")],
  },
  get: {
    id: "getObject",
    description: `With what happened to it, and for a ticket that waits why it is not matched yet. ${WHO}`,
    params: { kind: KIND, id: "As lists give it." },
    responses: { 200: { description: "The object.", schema: objectAnswer } },
    refusals: [...refusals, problem("object_not_found"), problem("store_unavailable")],
  },
  drain: action("drainNode", "The node ends what it has and stops, as after SIGTERM.", { id: "The node's id." }),
  maintenance: action(
    "setMaintenance",
    "A host in maintenance is given to nobody; what runs on it goes on, and so do its heartbeats.",
    { face: "`host-pool` or `coordinator`.", id: "The host's id." },
  ),
  end: action("operatorEndsSession", "Its players leave, and its host has a free slot.", { id: "Its public id." }),
  cancel: action(
    "cancelTicket",
    "The arena's player is told that its entry was cancelled; one of the video chat is disconnected.",
    { id: "`arena:` or `video-chat:`, and the ticket's own id." },
  ),
  kick: action("kickDevice", "Its socket is closed with 1008. It may come back with its token.", {
    id: "`user/device`, with the slash as `%2F`.",
  }),
} satisfies Record<string, RouteDoc>;
