import { AsyncLocalStorage } from "node:async_hooks";
import { Server as Engine } from "@socket.io/bun-engine";
import type { Socket } from "@socket.io/bun-engine/dist/socket.js";
import type { WebSocketData } from "@socket.io/bun-engine/dist/transports/websocket.js";
import type { Server as BunServer, ServerWebSocket } from "bun";
import { Server, type Socket as SessionSocket } from "socket.io";
import { NoPlace } from "../http/arrivals.ts";
import { readBytes } from "../http/body.ts";
import { allowOrigin, preflight } from "../http/cors.ts";
import { USUAL_SECONDS } from "../http/decode.ts";
import { connectionOf, peerOf } from "../http/exchange.ts";
import { admittedOrigin, clientOf, count, openGate, type Gate } from "../http/gate.ts";
import { policy as policies, type Grants } from "../http/policy.ts";
import { noScope, REQUEST_ID, sayRequestId } from "../http/request-scope.ts";
import { problemOf, refusals, type RefusalCode } from "../http/refusal.ts";
import { json } from "../http/route.ts";
import { COME_BACK_SECONDS, Crowd } from "../limits/crowd.ts";
import { sayStanding, sayWhenToRetry } from "../limits/headers.ts";
import type { RequestLimit } from "../limits/limit.ts";
import { unmetered, type Meters } from "../limits/meter.ts";
import type { Door, SocketData } from "../websocket/mux.ts";
import { asksForWebSocket } from "../websocket/upgrade.ts";
import { meterOn, setMeter } from "./accept.ts";
import { admitSockets, checkSession, CONNECT_MS, forgetHandshake, keepCredential, sessionOf } from "./admission.ts";
import { BinaryEvents } from "./binary-events.ts";
import { MAX_MESSAGE_BYTES } from "./bounds.ts";
import { closeNow, type Connection } from "./connection.ts";
import { Lobby } from "./lobby.ts";
import { keepNoRooms } from "./no-rooms.ts";
import { keepListenersSmall, keepSocketsSmall } from "./small-tables.ts";
import { createUpgrades } from "./upgrades.ts";
import { watch } from "./watch.ts";

/** Socket.IO beside everything else on one listener. */
export interface SocketIoDoor {
  readonly io: Server;
  /** Answers a request to `/socket.io` or `/socket.io/`, handshakes of WebSockets included. */
  handleRequest(request: Request, server: BunServer<SocketData>): Promise<Response>;
  /** Takes the sockets this accepted; reached through the data of each. */
  readonly door: Door;
  /**
   * The connections that poll, each as the way to close it. The transport is closed, not the Socket.IO session above it:
   * after a packet that says disconnect a client stays away, after a lost connection it comes back by itself. Those on
   * WebSockets come back the same way when these are closed.
   */
  polling(): readonly (() => void)[];
}

export interface SocketIoOptions {
  /** An error nobody meant. */
  failed(door: string, error: unknown): void;
  /** Whose pages may come in, and who is let in; left out, everybody. */
  readonly gate?: Gate;
  /** Who may connect, where the gate asks for tokens; left out: whoever has a good one. */
  readonly policy?: Grants;
  /** Why nobody may connect now; null: anybody may. Whoever is connected already goes on. */
  refuses?(): RefusalCode | null;
  /** Who is connected: a client counts once, over whichever transport. */
  readonly crowd?: Crowd;
  readonly meters?: Meters;
  /** A client was refused, with this code. */
  refused?(code: string): void;
  /** How often a client may connect. */
  readonly limit?: RequestLimit | undefined;
  /** How often each client is pinged, in ms; Socket.IO's default is 25 s. */
  readonly pingInterval?: number;
  /** How long a pong may take, in ms; Socket.IO's default is 20 s. */
  readonly pingTimeout?: number;
}

const NAME = "socket.io";

const OFFERED = { allowed: "GET, POST, OPTIONS", offered: "GET, POST", crossOrigin: true };

/** How long a client may stay without a socket where nobody asks who it is, in ms: Socket.IO's own default. */
const OPEN_CONNECT_MS = 45_000;

/** Longer than a poll is held (until the next ping), or the runtime would cut it. */
const POLL_SECONDS = 60;

/**
 * How many bodies of a session are read at a time. Clients send one after the other; of one that was lost on the way the
 * end may be noticed after the next has come.
 */
const MAX_BODIES = 2;

/** The timer of a connection's pings would otherwise keep the name of the request that opened it, and go by it. */
const forNobody = AsyncLocalStorage.snapshot();

export function createSocketIoDoor(options: SocketIoOptions): SocketIoDoor {
  const { failed, gate = openGate, policy = policies.signedIn, refuses = () => null } = options;
  const { pingInterval = 25_000, pingTimeout = 20_000, meters = unmetered, limit } = options;
  const { scope = noScope } = gate;
  const crowd = options.crowd ?? new Crowd({ perAddress: 0, max: Infinity });
  /** Whom a handshake comes from, for as long as it is under way. */
  const clients = new WeakMap<Request, string | null>();
  const engine = new Engine({
    path: "/socket.io/",
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    pingInterval,
    pingTimeout,
  });
  /** Who is connected, and whom each counts on. */
  const sessions = new Map<Socket, string | null>();
  /** Counts a connection that asks for a socket once more as one that comes. */
  const again = async (connection: Connection): Promise<void> => {
    const client = sessions.get(connection as Socket) ?? null;
    const counted = client === null ? null : limit?.take(client);
    const standing = counted instanceof Promise ? await counted : counted;
    if (standing?.allowed !== false) return;
    options.refused?.("rate_limited");
    closeNow(connection);
  };
  const { after } = gate.expiries;
  const connectMs = gate.guard.asks ? CONNECT_MS : OPEN_CONNECT_MS;
  const lobby = new Lobby({ after, patienceMs: connectMs, again: (connection) => void again(connection) });
  const binaryEvents = new BinaryEvents({ after, maxBytes: MAX_MESSAGE_BYTES, patienceMs: USUAL_SECONDS * 1_000 });
  const watchers = { lobby, binaryEvents };
  const ended = function (this: Socket): void {
    clientsOf(engine).delete(this.id);
    lobby.gone(this);
    binaryEvents.gone(this);
    upgrades.end(this);
    const client = sessions.get(this) ?? null;
    sessions.delete(this);
    crowd.leave(client);
    meterOn(this).leave();
  };
  engine.on("connection", (socket, request) => {
    const client = clients.get(request) ?? null;
    // Handshakes that were under way together were let through together.
    if (crowd.refusal(client) !== null) return socket.close();
    const meter = meters.enter({ address: client, account: null, isStrict: false });
    crowd.enter(client);
    sessions.set(socket, client);
    // With them goes the engine's own listener, which would keep the request, its URL and its headers for as long as the
    // connection lasts; what it does, `ended` does.
    keepListenersSmall(socket);
    socket.on("close", ended);
    keepCredential(socket, gate);
    setMeter(socket, meter);
    setMeter(socket.transport, meter);
    lobby.came(socket);
    watch(socket, meter, watchers);
  });
  const io = new Server({ serveClient: false, connectTimeout: connectMs });
  io.bind(engine);
  keepNoRooms(io.of("/"));
  keepSocketsSmall(io.of("/"));
  admitSockets(io, gate, {
    policy,
    refused: (connection) => lobby.refused(connection),
    failed: (error) => failed(NAME, error),
  });
  const left = function (this: SessionSocket): void {
    lobby.left(this.conn);
  };
  io.on("connection", (socket) => {
    lobby.joined(socket.conn);
    socket.on("disconnect", left);
    forgetHandshake(socket);
  });

  const door: Door = {
    name: NAME,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    meterOf: (ws) => meterOn(engineSocket(ws).data.transport),
    open: (ws) => engine.onWebSocketOpen(engineSocket(ws)),
    message: (ws, message) => engine.onWebSocketMessage(engineSocket(ws), message),
    close: (ws, code, reason) => engine.onWebSocketClose(engineSocket(ws), code, reason),
  };
  const upgrades = createUpgrades(door);

  /** `sid`: of the session that is to go on over the WebSocket; null for a new one. */
  const upgrade = async (
    request: Request,
    server: BunServer<SocketData>,
    id: string,
    sid: string | null,
  ): Promise<Response> => {
    let refused = false;
    const upgrader = {
      upgrade(_: Request, { headers: given, data }: { headers: HeadersInit; data: WebSocketData }): boolean {
        const headers = new Headers(given);
        if (id !== "") headers.set(REQUEST_ID, id);
        const { transport } = data;
        keepListenersSmall(transport);
        // Asked for only here, in the turn in which the engine takes it: until then the session may have ended.
        const its = sid === null ? { door, state: transport } : upgrades.begin(clientsOf(engine).get(sid), transport);
        refused = its === null || !server.upgrade(request, { headers, data: { ...its, request: id } });
        return !refused;
      },
    };
    const response = await forNobody(() =>
      engine.handleRequest(request, upgrader as unknown as BunServer<WebSocketData>),
    );
    return refused ? badRequest() : response;
  };

  /** How many bodies of a session are being read, while there are any. */
  const posting = new Map<Socket, number>();

  /**
   * The body of a request of this session; null: too many of it are on their way.
   *
   * @throws {NoPlace} if its address, or all together, have too many under way
   */
  const bodyOf = async (
    request: Request,
    server: BunServer<SocketData>,
    session: Socket,
  ): Promise<Uint8Array<ArrayBuffer> | null> => {
    const others = posting.get(session) ?? 0;
    if (others === MAX_BODIES) return null;
    posting.set(session, others + 1);
    try {
      const arriving = readBytes(request, MAX_MESSAGE_BYTES);
      if (gate.arrivals === undefined) return await arriving;
      return await gate.arrivals.wait(arriving, () => clientOf(gate, request, peerOf(request, server)));
    } finally {
      const left = posting.get(session)! - 1;
      if (left > 0) posting.set(session, left);
      else posting.delete(session);
    }
  };

  /** `session`: whose request it is; undefined: nobody's, or that of a new one. */
  const poll = async (
    request: Request,
    server: BunServer<SocketData>,
    session: Socket | undefined,
    isNew: boolean,
  ): Promise<Response> => {
    if (request.method === "GET") server.timeout(request, POLL_SECONDS);
    // What else has a body the engine refuses, and does so before it reads any.
    const isPost = request.method === "POST" && session?.transport.name === "polling";
    const body = isPost ? await bodyOf(request, server, session) : undefined;
    if (body === null) {
      closeNow(session!);
      return badRequest();
    }
    const whole = polled(request, body);
    if (whole !== request && clients.has(request)) clients.set(whole, clients.get(request)!);
    const handled = (): Promise<Response> => engine.handleRequest(whole, server as unknown as BunServer<WebSocketData>);
    // What a later poll brings is done for that poll.
    return isNew ? forNobody(handled) : handled();
  };

  /** Why a new client may not connect; null if it may. */
  const turnedAway = async (request: Request, server: BunServer<SocketData>): Promise<Response | null> => {
    const peer = peerOf(request, server);
    const client = clientOf(gate, request, peer);
    clients.set(request, client);
    const full = crowd.refusal(client);
    if (full !== null) {
      options.refused?.(full.code);
      const response = refuse(full.status, full.message);
      sayWhenToRetry(response, COME_BACK_SECONDS);
      return response;
    }
    return overBudget(request, peer);
  };

  /** Refuses a handshake past the budget of those; null if it is within. */
  const overBudget = async (request: Request, peer: string): Promise<Response | null> => {
    const standing = limit === undefined ? null : await count(gate, limit, request, peer, undefined);
    if (standing?.allowed !== false) return null;
    options.refused?.("rate_limited");
    const response = refuse(429, refusals.rate_limited.message);
    sayStanding(response, standing);
    return response;
  };

  const answer = async (request: Request, server: BunServer<SocketData>, id: string): Promise<Response> => {
    if (request.method === "OPTIONS") return preflight(request, OFFERED);
    // The engine would stumble over a request without a host, or with one that is none.
    const url = URL.parse(request.url);
    if (url === null) return badRequest();
    const { searchParams } = url;
    const websocket = asksForWebSocket(request);
    const sid = sessionOf(searchParams);
    const isNew = sid === null;
    const why = isNew ? refuses() : null;
    if (why !== null) {
      options.refused?.(why);
      return unavailable(why);
    }
    if (websocket !== (searchParams.get("transport") === "websocket")) return badRequest();
    const session = sid === null ? undefined : clientsOf(engine).get(sid);
    const refused = isNew
      ? await turnedAway(request, server)
      : (websocket || session === undefined) && (await overBudget(request, peerOf(request, server)));
    if (refused) return refused;
    if (gate.guard.asks) await checkSession(gate, policy, request);
    return websocket ? upgrade(request, server, id, sid) : poll(request, server, session, isNew);
  };

  const refuseFor = (error: unknown, request: Request): Response => {
    const problem = problemOf(error);
    if (problem !== null) {
      options.refused?.(problem.code);
      const response = refuse(problem.status, problem.message);
      if (problem instanceof NoPlace) {
        sayWhenToRetry(response, problem.retrySeconds);
        response.headers.set("connection", "close");
      }
      return response;
    }
    // A body that ends before its time has nobody left who could read an answer.
    if (request.signal.aborted) return badRequest();
    failed(NAME, error);
    options.refused?.("internal");
    return refuse(500, "Internal server error");
  };

  const handle = async (request: Request, server: BunServer<SocketData>, id: string): Promise<Response> => {
    let origin: string | null = null;
    let response: Response;
    try {
      origin = admittedOrigin(gate, request, connectionOf(request, server), server.url.href);
      response = await answer(request, server, id);
    } catch (error) {
      response = refuseFor(error, request);
    }
    allowOrigin(response, origin);
    return sayRequestId(response, id);
  };

  return {
    io,
    door,
    handleRequest: (request, server) => scope.enter(request, NAME, server, (id) => handle(request, server, id)),
    polling: () =>
      [...sessions.keys()]
        .map(({ transport }) => transport)
        .filter(({ name }) => name === "polling")
        .map((transport) => () => transport.close()),
  };
}

/** The engine's connections by their ids; each is to be taken out once it has closed. */
function clientsOf(engine: Engine): Map<string, Socket> {
  return (engine as unknown as { readonly clients: Map<string, Socket> }).clients;
}

/** The engine looks for its transport in the socket's data; the mux has it as the door's state. */
function engineSocket(ws: ServerWebSocket<SocketData>): ServerWebSocket<WebSocketData> {
  const data = ws.data as SocketData & Partial<WebSocketData>;
  data.transport ??= data.state as WebSocketData["transport"];
  return ws as unknown as ServerWebSocket<WebSocketData>;
}

/**
 * A polling request as the engine may have it: its body read already, if it is to be, and no wish to upgrade to anything
 * else (curl offers HTTP/2), which the engine would take for a WebSocket.
 */
function polled(request: Request, body: Uint8Array<ArrayBuffer> | undefined): Request {
  const { method, url, signal } = request;
  if (body === undefined && !request.headers.has("upgrade")) return request;
  const headers = new Headers(request.headers);
  headers.delete("upgrade");
  // Once the body is here the request cannot be cut short: the engine would close the session for it.
  return new Request(url, body === undefined ? { method, headers, signal } : { method, headers, body });
}

function unavailable(code: RefusalCode): Response {
  const response = refuse(refusals[code].status, refusals[code].message);
  sayWhenToRetry(response);
  return response;
}

function badRequest(): Response {
  return refuse(400, "Bad request");
}

/** In the engine's own shape, whose code 3 stands for a bad request. */
function refuse(status: number, message: string): Response {
  return json(status, { code: 3, message }).response();
}
