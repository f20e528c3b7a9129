import type { Server } from "bun";
import { allNames } from "../transport/http/aliases.ts";
import { clientOf, type Gate } from "../transport/http/gate.ts";
import { noScope, REQUEST_ID, sayRequestId } from "../transport/http/request-scope.ts";
import { Refusal, type RefusalCode } from "../transport/http/refusal.ts";
import { peerOf } from "../transport/http/exchange.ts";
import { COME_BACK_SECONDS, type Crowd } from "../transport/limits/crowd.ts";
import { sayWhenToRetry } from "../transport/limits/headers.ts";
import { createTurnstile } from "../transport/limits/turnstile.ts";
import type { SocketIoDoor } from "../transport/socketio/door.ts";
import { Bursts } from "../transport/websocket/bursts.ts";
import type { Tell } from "../transport/websocket/live-socket.ts";
import { createHandshakes, type HandshakeOptions } from "../transport/websocket/handshake.ts";
import { connectionDoor, type SocketData } from "../transport/websocket/mux.ts";
import { socketRefusal, type SocketRoute } from "../transport/websocket/socket.ts";
import { asksForWebSocket, upgradeHeaders } from "../transport/websocket/upgrade.ts";

type Handler = (request: Request, server: Server<SocketData>) => Response | undefined | Promise<Response | undefined>;

export interface SocketPathsOptions extends HandshakeOptions {
  readonly gate: Gate;
  readonly crowd: Crowd;
  /** Why no socket is opened now; null: one may be. */
  whyNoSockets(): RefusalCode | null;
  readonly tell: Tell;
  /** An error nobody meant, from a socket. */
  socketFailed(door: string, error: unknown, request?: string): void;
}

/** The handlers of all paths that speak WebSocket. */
export function socketPaths(routes: readonly SocketRoute[], options: SocketPathsOptions): Record<string, Handler> {
  const { gate, crowd, whyNoSockets, socketFailed, tell } = options;
  const { scope = noScope } = gate;
  const shakeHands = createHandshakes(options);
  const bursts = new Bursts(
    () => performance.now(),
    (run) => void setImmediate(run),
  );
  const turnstile = createTurnstile((run) => void setImmediate(run));
  const paths: Record<string, Handler> = {};
  for (const route of routes) {
    const { path: name, maxMessageBytes, maxUnsentBytes } = route;
    const door = connectionDoor({ name, maxMessageBytes, maxUnsentBytes, tell, bursts });
    const failed = (error: unknown): void => socketFailed(route.path, error);
    const open = async (request: Request, server: Server<SocketData>, id: string): Promise<Response | undefined> => {
      if (!asksForWebSocket(request)) return upgradeRequired(route);
      const waiting = turnstile.pass();
      if (waiting !== null) await waiting;
      const why = whyNoSockets();
      if (why !== null) return (options.refused?.(why), later(route, why));
      const [peer, base] = [peerOf(request, server), server.url.href];
      const client = clientOf(gate, request, peer);
      const full = crowd.refusal(client);
      if (full !== null) return (options.refused?.(full.code), turnAway(route, full));
      const accepted = await shakeHands(route, { request, peer, base, client, failed });
      if (accepted instanceof Response) return accepted;
      // Handshakes that were under way together were let through together.
      const late = crowd.refusal(client);
      if (late !== null) return (options.refused?.(late.code), turnAway(route, late));
      crowd.enter(client);
      const { connection: state, meter } = accepted;
      const headers = { ...upgradeHeaders(request), ...(id === "" ? {} : { [REQUEST_ID]: id }) };
      // All that it will ever hold: what is added to an object later lies in a second part of it.
      const data: SocketData = { door, state, client, meter, request: id, live: undefined, isHeard: true, pingedAt: 0 };
      if (server.upgrade(request, { headers, data })) return undefined;
      crowd.leave(client);
      return upgradeRequired(route);
    };
    const handler: Handler = (request, server) =>
      scope.enter(request, route.path, server, async (id) => sayRequestId(await open(request, server, id), id));
    for (const name of allNames(route.path, route.aliases)) Object.assign(paths, bothForms(name, handler));
  }
  return paths;
}

/** The handler of Socket.IO's path. */
export function socketIoPaths(door: SocketIoDoor, isDraining: () => boolean) {
  return bothForms("/socket.io", async (request, server) => {
    const response = await door.handleRequest(request, server);
    if (isDraining()) response.headers.set("connection", "close");
    return response;
  });
}

/** Both forms of a path. */
function bothForms(path: string, handler: Handler): Record<string, Handler> {
  return { [path]: handler, [`${path}/`]: handler };
}

function turnAway(route: SocketRoute, refusal: Refusal): Response {
  const response = socketRefusal(route, refusal);
  sayWhenToRetry(response, COME_BACK_SECONDS);
  return response;
}

function upgradeRequired(route: SocketRoute): Response {
  const response = socketRefusal(route, new Refusal("upgrade_required"));
  response.headers.set("upgrade", "websocket");
  return response;
}

function later(route: SocketRoute, code: RefusalCode): Response {
  const response = socketRefusal(route, new Refusal(code));
  sayWhenToRetry(response);
  response.headers.set("connection", "close");
  return response;
}
