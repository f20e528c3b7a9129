import type { Face } from "../../src/transport/face.ts";
import type { Policy } from "../../src/transport/http/policy.ts";
import type { RouteGroup } from "../../src/transport/http/route.ts";
import type { MessagePolicy } from "../../src/transport/websocket/socket.ts";

/** One thing that can be asked of the server, and who may. */
export interface Entrance {
  /** Such as `GET /health`, `WebSocket /signaling`, `WebSocket /signaling offer` or `Socket.IO join`. */
  readonly name: string;
  readonly policy: Policy | MessagePolicy;
}

/** Everything the server takes: each route, each path that speaks WebSocket, and each message that is understood there. */
export function entrances(faces: readonly Face[], groups: readonly RouteGroup[]): readonly Entrance[] {
  const routes = [...faces.flatMap(({ http }) => http), ...groups].flatMap((group) => group.routes);
  const sockets = faces.flatMap(({ sockets = [] }) => sockets);
  const speakers = faces.flatMap(({ socketIo = [] }) => socketIo);
  return [
    ...routes.map(({ method, path, policy }) => ({ name: `${method} ${path}`, policy })),
    ...sockets.flatMap(({ path, policy, messages }) => [
      { name: `WebSocket ${path}`, policy },
      ...Object.entries(messages).map(([type, who]) => ({ name: `WebSocket ${path} ${type}`, policy: who })),
    ]),
    ...speakers.flatMap(({ policy, events }) => [
      { name: "Socket.IO", policy },
      ...Object.entries(events).map(([event, one]) => ({ name: `Socket.IO ${event}`, policy: one.policy })),
    ]),
  ];
}
