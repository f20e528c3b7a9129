import type { Server } from "bun";
import type { Face } from "../transport/face.ts";
import { allNames } from "../transport/http/aliases.ts";
import { clientOf, type Gate } from "../transport/http/gate.ts";
import { Refusal } from "../transport/http/refusal.ts";
import { plainRefusal, type RouteGroup } from "../transport/http/route.ts";
import { createRouter, peerOf, type Observer } from "../transport/http/router.ts";
import { COME_BACK_SECONDS, type Crowd } from "../transport/limits/crowd.ts";
import type { RequestLimit } from "../transport/limits/limit.ts";
import type { Meters } from "../transport/limits/meter.ts";
import { createSocketIoDoor, MAX_MESSAGE_BYTES, type SocketIoDoor } from "../transport/socketio/door.ts";
import { shakeHands } from "../transport/websocket/handshake.ts";
import { connectionDoor, createMux, type SocketData } from "../transport/websocket/mux.ts";
import { MAX_UNSENT_BYTES, type SocketRoute } from "../transport/websocket/socket.ts";

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly faces: readonly Face[];
  /** Groups that belong to no face: health, pages. */
  readonly groups: readonly RouteGroup[];
  readonly observer: Observer;
  readonly gate: Gate;
  readonly crowd: Crowd;
  readonly meters: Meters;
  /** How often a client may open a socket, where its path does not say. */
  readonly connecting: RequestLimit | undefined;
  /** An error nobody meant, from a socket. */
  socketFailed(door: string, error: unknown): void;
}

export interface RunningServer {
  readonly url: URL;
  /** Requests being answered and sockets open. */
  busy(): number;
  /** Ends what Socket.IO holds open, in a way that makes clients come back by themselves. */
  closeSocketIo(): void;
  /** Stops listening. `force` cuts what is still open. */
  stop(force: boolean): Promise<void>;
}

/** The one listener: HTTP routes, WebSocket paths and Socket.IO on one port. */
export function listen(options: ServerOptions): RunningServer & { byDoor(): ReadonlyMap<string, number> } {
  const { faces, groups, observer, gate, crowd, meters, connecting } = options;
  const router = createRouter([...faces.flatMap((face) => face.http), ...groups], observer, gate);
  const socketRoutes = faces.flatMap((face) => face.sockets ?? []);
  const speakers = faces.filter((face) => face.socketIo !== undefined);
  const socketIo =
    speakers.length === 0
      ? null
      : createSocketIoDoor({ failed: options.socketFailed, gate, crowd, meters, limit: connecting });
  for (const face of speakers) face.socketIo?.(socketIo!.io);

  const doors = [...socketRoutes.map((one) => one.path), ...(socketIo === null ? [] : [socketIo.door.name])];
  const mux = createMux({
    maxPayloadLength: Math.max(MAX_MESSAGE_BYTES, ...socketRoutes.map((one) => one.maxMessageBytes)),
    maxUnsentBytes: Math.max(MAX_UNSENT_BYTES, ...socketRoutes.map((one) => one.maxUnsentBytes ?? 0)),
    crowd,
    failed: options.socketFailed,
  });
  const server = Bun.serve<SocketData>({
    hostname: options.host,
    port: options.port,
    // Each reader of a body has its own limit and answers in its face's words; the runtime's answer would be empty.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    idleTimeout: 30,
    development: false,
    // Outside development the runtime would share the port with whoever listens on it already, and split the clients.
    reusePort: false,
    routes: {
      ...router.routes,
      ...socketPaths(socketRoutes, options),
      ...(socketIo === null ? {} : socketIoPaths(socketIo)),
    },
    fetch: router.fallback,
    // Nothing should come this far; whatever does is answered like everything else that nobody meant.
    error(error) {
      observer.failed("(runtime)", "", error);
      return plainRefusal(new Refusal("internal"));
    },
    websocket: mux.handler,
  });
  return {
    url: server.url,
    busy: () => router.inFlight() + mux.open(),
    byDoor: () => new Map([...doors.map((name) => [name, 0] as const), ...mux.byDoor()]),
    closeSocketIo: () => socketIo?.close(),
    stop: (force) => server.stop(force),
  };
}

type Handler = (request: Request, server: Server<SocketData>) => Response | undefined | Promise<Response | undefined>;

/** Both forms of a path. */
function bothForms(path: string, handler: Handler): Record<string, Handler> {
  return { [path]: handler, [`${path}/`]: handler };
}

function socketPaths(
  routes: readonly SocketRoute[],
  { gate, crowd, meters, connecting, socketFailed }: ServerOptions,
): Record<string, Handler> {
  const paths: Record<string, Handler> = {};
  for (const route of routes) {
    const door = connectionDoor(route.path, route.maxMessageBytes, route.maxUnsentBytes);
    const failed = (error: unknown): void => socketFailed(route.path, error);
    const handler: Handler = async (request, server) => {
      if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") return upgradeRequired();
      const [peer, base] = [peerOf(request, server), server.url.href];
      const client = clientOf(gate, request, peer);
      const full = crowd.refusal(client);
      if (full !== null) return turnAway(full);
      const wish = { request, peer, base, client, meters, limit: connecting, failed };
      const accepted = await shakeHands(route, gate, wish);
      if (accepted instanceof Response) return accepted;
      // Handshakes that were under way together were let through together.
      const late = crowd.refusal(client);
      if (late !== null) return turnAway(late);
      crowd.enter(client);
      const { connection: state, meter } = accepted;
      if (server.upgrade(request, { data: { door, state, client, meter } })) return undefined;
      crowd.leave(client);
      return upgradeRequired();
    };
    for (const name of allNames(route.path, route.aliases)) Object.assign(paths, bothForms(name, handler));
  }
  return paths;
}

function turnAway(refusal: Refusal): Response {
  const response = plainRefusal(refusal);
  response.headers.set("retry-after", String(COME_BACK_SECONDS));
  return response;
}

function upgradeRequired(): Response {
  const response = plainRefusal(new Refusal("upgrade_required"));
  response.headers.set("upgrade", "websocket");
  return response;
}

function socketIoPaths(door: SocketIoDoor) {
  return bothForms("/socket.io", (request, server) => door.handleRequest(request, server));
}
