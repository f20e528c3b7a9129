import type { Face } from "../../src/transport/face.ts";
import type { Policy } from "../../src/transport/http/policy.ts";
import type { RouteGroup } from "../../src/transport/http/route.ts";
import type { RequestLimit } from "../../src/transport/limits/limit.ts";
import type { MessagePolicy } from "../../src/transport/websocket/socket.ts";

/** One thing that can be asked of the server, who may, and how often. */
export interface Entrance {
  /** Such as `GET /health`, `WebSocket /signaling`, `WebSocket /signaling offer` or `Socket.IO join`. */
  readonly name: string;
  readonly policy: Policy | MessagePolicy;
  /** What it counts on: the limit of a route, the class of a message. */
  readonly counts: RequestLimit | string | undefined;
}

/**
 * Everything the server takes: each route, each path that speaks WebSocket, and each message that is understood there.
 * `connecting` is what handshakes count on that do not say.
 */
export function entrances(
  faces: readonly Face[],
  groups: readonly RouteGroup[],
  connecting: RequestLimit | undefined,
): readonly Entrance[] {
  const sockets = faces.flatMap(({ sockets = [] }) => sockets);
  const speakers = faces.flatMap(({ socketIo = [] }) => socketIo);
  const all = [...faces.flatMap(({ http }) => http), ...groups];
  return [
    ...all.flatMap((group) =>
      group.routes.map(({ method, path, policy, limit }) => ({
        name: `${method} ${path}`,
        policy,
        counts: limit ?? group.limit,
      })),
    ),
    ...sockets.flatMap(({ path, policy, limit, messages }) => [
      { name: `WebSocket ${path}`, policy, counts: limit ?? connecting },
      ...Object.entries(messages).map(([type, rule]) => ({ name: `WebSocket ${path} ${type}`, ...rule })),
    ]),
    ...speakers.flatMap(({ policy, events }) => [
      { name: "Socket.IO", policy, counts: connecting },
      ...Object.entries(events).map(([event, { policy, counts }]) => ({ name: `Socket.IO ${event}`, policy, counts })),
    ]),
  ];
}
