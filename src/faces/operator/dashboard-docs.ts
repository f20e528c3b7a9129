import { problem } from "../../core/errors/errors.ts";
import type { RequestExample, RouteDoc } from "../../transport/http/documentation.ts";
import { Refusal } from "../../transport/http/refusal.ts";
import { KINDS } from "./wire.ts";
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

/** As in the examples of the faces. */
const HOST = "host-7f3a";
const HOST_ID = `host-pool:${HOST}`;
const NODE_ID = "5f0c6a52-9a53-4d1c-8f0e-0d4b2b8a7c11";
/** Another one: whoever replays the examples must not drain the node that an earlier answer named. */
const SOME_NODE_ID = "c2f7d3a1-64be-4f0b-9d38-7a1e5b90c6f4";
const TICKET_ID = "arena:a1b2c3d4-0000-4000-8000-000000000001";
const SESSION_ID = "session-abc123";
const DEVICE_ID = "alice@example.com/laptop";

interface Told {
  readonly id: string;
  readonly description: string;
  readonly params: NonNullable<RouteDoc["params"]>;
  readonly example: RequestExample;
  readonly message: string;
}

const action = ({ id, description, params, example, message }: Told): RouteDoc => ({
  id,
  description: `${description} It goes into the audit log first. ${WHO}`,
  params,
  example,
  responses: { 200: { description: "It is done.", schema: doneAnswer, example: { done: true, message } } },
  refusals: actRefusals,
});

const KIND = { description: "What kind of objects.", enum: KINDS };

export const docs = {
  live: {
    id: "watchOverview",
    description:
      "Server-sent events: `history` once, with samples of the last 15 minutes; then `overview` each second and " +
      `\`sample\` every five. \`docs/dashboard-routes.md\` says what is in them. ${WHO}`,
    query: { once: "`true`: it ends with the second overview, the first that has rates." },
    example: { query: { once: "true" } },
    responses: { 200: { description: "The events.", mediaType: "text/event-stream" } },
    refusals,
  },
  search: {
    id: "searchObjects",
    description: `Whatever has this id, or is named by it: a user, a socket, a connect code, a player, a request. ${WHO}`,
    query: { q: "Any id." },
    example: { query: { q: HOST } },
    responses: {
      200: {
        description: "What was found, twenty at most.",
        schema: searchAnswer,
        example: { items: [{ kind: "hosts", id: HOST_ID, label: HOST }] },
      },
    },
    refusals,
  },
  list: {
    id: "listObjects",
    description: `On all nodes. ${WHO}`,
    params: { kind: KIND },
    example: { params: { kind: "devices" }, query: { state: "online", limit: 10 } },
    responses: {
      200: {
        description: "A page of them.",
        schema: listAnswer,
        example: { items: [], next: null, states: ["online", "lost"] },
      },
    },
    refusals: [...refusals, problem("object_not_found"), problem("store_unavailable")],
  },
  get: {
    id: "getObject",
    description: `With what happened to it, and for a ticket that waits why it is not matched yet. ${WHO}`,
    params: { kind: KIND, id: "As lists give it." },
    example: { params: { kind: "hosts", id: HOST_ID } },
    responses: {
      200: {
        description: "The object.",
        schema: objectAnswer,
        example: {
          ...{ kind: "hosts", id: HOST_ID, label: HOST, state: "idle", face: "host-pool", region: "us-east-1" },
          ...{ node: null, since: null },
          fields: { lease: "idle", publicIp: "203.0.113.7", beatAt: 1_795_292_728_270, fromAnotherProgram: false },
          links: [{ as: "room", kind: "rooms", id: "room-7f3a" }],
          actions: [
            {
              name: "maintenance",
              label: "Put in maintenance",
              question: "Put host-7f3a in maintenance?",
              path: "/admin/hosts/host-pool/host-7f3a/maintenance",
              body: { on: true },
              confirm: HOST_ID,
            },
          ],
          history: [{ at: 1_795_292_728_270, node: SOME_NODE_ID, what: "registered", detail: "region us-east-1" }],
        },
      },
    },
    refusals: [...refusals, problem("object_not_found"), problem("store_unavailable")],
  },
  drain: action({
    id: "drainNode",
    description: "The node ends what it has and stops, as after SIGTERM.",
    params: { id: "The node's id." },
    example: { params: { id: NODE_ID }, body: { confirm: NODE_ID } },
    message: `${NODE_ID} takes nothing new, ends what it has, and stops.`,
  }),
  maintenance: action({
    id: "setMaintenance",
    description: "A host in maintenance is given to nobody; what runs on it goes on, and so do its heartbeats.",
    params: { face: { description: "Of the host.", enum: ["host-pool", "coordinator"] }, id: "The host's id." },
    example: { params: { face: "host-pool", id: HOST }, body: { on: true, confirm: HOST_ID } },
    message: `${HOST} is not found any more.`,
  }),
  end: action({
    id: "operatorEndsSession",
    description: "Its players leave, and its host has a free slot.",
    params: { id: "Its public id." },
    example: { params: { id: SESSION_ID }, body: { confirm: SESSION_ID } },
    message: `${SESSION_ID} has ended; its players have left.`,
  }),
  cancel: action({
    id: "cancelTicket",
    description: "The arena's player is told that its entry was cancelled; one of the video chat is disconnected.",
    params: { id: "`arena:` or `video-chat:`, and the ticket's own id." },
    example: { params: { id: TICKET_ID }, body: { confirm: TICKET_ID } },
    message: "Its player waits no longer.",
  }),
  kick: action({
    id: "kickDevice",
    description: "Its socket is closed with 1008. It may come back with its token.",
    params: { id: "`user/device`, with the slash as `%2F`." },
    example: { params: { id: DEVICE_ID }, body: { confirm: DEVICE_ID } },
    message: "Its socket was closed.",
  }),
} satisfies Record<string, RouteDoc>;
