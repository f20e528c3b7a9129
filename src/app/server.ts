import type { Server } from "bun";
import type { Face } from "../transport/face.ts";
import { allNames } from "../transport/http/aliases.ts";
import type { Gate } from "../transport/http/gate.ts";
import { Refusal, type RefusalCode } from "../transport/http/refusal.ts";
import { plainRefusal, type RouteGroup } from "../transport/http/route.ts";
import { createRouter, peerOf, type Observer } from "../transport/http/router.ts";
import { sayWhenToRetry } from "../transport/limits/headers.ts";
import { createTurnstile } from "../transport/limits/turnstile.ts";
import { createSocketIoDoor, MAX_MESSAGE_BYTES, type SocketIoDoor } from "../transport/socketio/door.ts";
import { shakeHands } from "../transport/websocket/handshake.ts";
import { connectionDoor, createMux, PING_EACH_MS, type SocketData } from "../transport/websocket/mux.ts";
import { MAX_UNSENT_BYTES, type SocketRoute } from "../transport/websocket/socket.ts";

/** RFC 6455's registry: the server restarts; come back, with a random delay. */
const RESTARTING = 1012;

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly faces: readonly Face[];
  /** Groups that belong to no face: health, pages. */
  readonly groups: readonly RouteGroup[];
  readonly observer: Observer;
  readonly gate: Gate;
  /** An error nobody meant, from a socket. */
  socketFailed(door: string, error: unknown): void;
}

export interface RunningServer {
  readonly url: URL;
  /** What the way down waits for: requests that came before it, and whatever is open. */
  busy(): number;
  /** No more sockets, and no connection is kept for a next request. Everything else goes on. */
  drain(): void;
  /** Sockets, streams of events and Socket.IO sessions, each as the way to end it so that its client comes back. */
  open(): readonly (() => void)[];
  /** True if a request that is no probe has come since this was asked last. */
  wasAsked(): boolean;
  /** Stops listening. `force` cuts what is still open. */
  stop(force: boolean): Promise<void>;
}

/** The one listener: HTTP routes, WebSocket paths and Socket.IO on one port. */
export function listen(options: ServerOptions): RunningServer & { byDoor(): ReadonlyMap<string, number> } {
  const { faces, groups, observer, gate } = options;
  const router = createRouter([...faces.flatMap((face) => face.http), ...groups], observer, gate);
  const socketRoutes = faces.flatMap((face) => face.sockets ?? []);
  const speakers = faces.filter((face) => face.socketIo !== undefined);
  let isDraining = false;
  /** Why no socket is opened now; null: one may be. */
  const whyNoSockets = (): RefusalCode | null => (isDraining ? "restarting" : null);
  const socketIo =
    speakers.length === 0 ? null : createSocketIoDoor({ failed: options.socketFailed, refuses: whyNoSockets });
  for (const face of speakers) face.socketIo?.(socketIo!.io);

  const doors = [...socketRoutes.map((one) => one.path), ...(socketIo === null ? [] : [socketIo.door.name])];
  const mux = createMux({
    maxPayloadLength: Math.max(MAX_MESSAGE_BYTES, ...socketRoutes.map((one) => one.maxMessageBytes)),
    maxUnsentBytes: Math.max(MAX_UNSENT_BYTES, ...socketRoutes.map((one) => one.maxUnsentBytes ?? 0)),
    failed: options.socketFailed,
  });
  const open = (): readonly (() => void)[] => [
    ...[...mux.open()].map((ws) => () => ws.close(RESTARTING, "server restarting")),
    ...[...router.ongoing()].map((response) => () => response.end()),
    ...(socketIo?.polling() ?? []),
  ];
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
      ...socketPaths(socketRoutes, gate, options.socketFailed, whyNoSockets),
      ...(socketIo === null ? {} : socketIoPaths(socketIo, () => isDraining)),
    },
    fetch: router.fallback,
    // Nothing should come this far; whatever does is answered like everything else that nobody meant.
    error(error) {
      observer.failed("(runtime)", "", error);
      return plainRefusal(new Refusal("internal"));
    },
    websocket: mux.handler,
  });
  const pings = setInterval(() => mux.ping(), PING_EACH_MS);
  return {
    url: server.url,
    busy: () => router.inFlight() + mux.open().size + router.ongoing().size + (socketIo?.polling().length ?? 0),
    drain() {
      isDraining = true;
      router.drain();
    },
    open,
    wasAsked: () => router.wasAsked(),
    byDoor: () => new Map([...doors.map((name) => [name, 0] as const), ...mux.byDoor()]),
    stop(force) {
      clearInterval(pings);
      return server.stop(force);
    },
  };
}

type Handler = (request: Request, server: Server<SocketData>) => Response | undefined | Promise<Response | undefined>;

/** Both forms of a path. */
function bothForms(path: string, handler: Handler): Record<string, Handler> {
  return { [path]: handler, [`${path}/`]: handler };
}

function socketPaths(
  routes: readonly SocketRoute[],
  gate: Gate,
  socketFailed: ServerOptions["socketFailed"],
  whyNoSockets: () => RefusalCode | null,
): Record<string, Handler> {
  const paths: Record<string, Handler> = {};
  const turnstile = createTurnstile((run) => void setImmediate(run));
  for (const route of routes) {
    const door = connectionDoor(route.path, route.maxMessageBytes, route.maxUnsentBytes);
    const failed = (error: unknown): void => socketFailed(route.path, error);
    const handler: Handler = async (request, server) => {
      if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") return upgradeRequired();
      const waiting = turnstile.pass();
      if (waiting !== null) await waiting;
      const why = whyNoSockets();
      if (why !== null) return later(why);
      const [peer, base] = [peerOf(request, server), server.url.href];
      const accepted = await shakeHands(route, gate, { request, peer, base, failed });
      if (accepted instanceof Response) return accepted;
      if (server.upgrade(request, { data: { door, state: accepted } })) return undefined;
      return upgradeRequired();
    };
    for (const name of allNames(route.path, route.aliases)) Object.assign(paths, bothForms(name, handler));
  }
  return paths;
}

function upgradeRequired(): Response {
  const response = plainRefusal(new Refusal("upgrade_required"));
  response.headers.set("upgrade", "websocket");
  return response;
}

function later(code: RefusalCode): Response {
  const response = plainRefusal(new Refusal(code));
  sayWhenToRetry(response);
  response.headers.set("connection", "close");
  return response;
}

function socketIoPaths(door: SocketIoDoor, isDraining: () => boolean) {
  return bothForms("/socket.io", async (request, server) => {
    const response = await door.handleRequest(request, server);
    if (isDraining()) response.headers.set("connection", "close");
    return response;
  });
}
