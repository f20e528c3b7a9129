import type { Face } from "../transport/face.ts";
import { USUAL_SECONDS } from "../transport/http/decode.ts";
import type { Gate } from "../transport/http/gate.ts";
import { Refusal, type RefusalCode } from "../transport/http/refusal.ts";
import { plainRefusal, type RouteGroup } from "../transport/http/route.ts";
import { createRouter, type Observer } from "../transport/http/router.ts";
import type { Crowd } from "../transport/limits/crowd.ts";
import type { RequestLimit } from "../transport/limits/limit.ts";
import type { Meters } from "../transport/limits/meter.ts";
import { MAX_MESSAGE_BYTES } from "../transport/socketio/bounds.ts";
import type { createSocketIoDoor } from "../transport/socketio/door.ts";
import type { Tell } from "../transport/websocket/live-socket.ts";
import { closeBehind, createMux, PING_EACH_MS, type SocketData } from "../transport/websocket/mux.ts";
import { MAX_UNSENT_BYTES } from "../transport/websocket/socket.ts";
import type { Doorway } from "./descriptor-watch.ts";
import { openListener, type TlsPair } from "./listener.ts";
import { socketIoPaths, socketPaths } from "./socket-paths.ts";

/** RFC 6455's registry: the server restarts; come back, with a random delay. */
const RESTARTING = 1012;

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  /** Speaks TLS and nothing else if there is a certificate; null: plain. PEM. */
  readonly tls: TlsPair | null;
  readonly faces: readonly Face[];
  /** Null where no face speaks Socket.IO. */
  readonly openSocketIo: typeof createSocketIoDoor | null;
  /** Groups that belong to no face: health, pages. */
  readonly groups: readonly RouteGroup[];
  readonly observer: Observer;
  readonly gate: Gate;
  readonly crowd: Crowd;
  readonly meters: Meters;
  /** How often a client may open a socket, where its path does not say. */
  readonly connecting: RequestLimit | undefined;
  /** A handshake was refused, with this code. */
  socketRefused(code: string): void;
  /** An error nobody meant, from a socket. */
  socketFailed(door: string, error: unknown, request?: string): void;
}

export interface RunningServer {
  readonly url: URL;
  /** What the way down waits for: requests that came before it, and whatever is open. */
  busy(): number;
  /** What takes new connections. */
  readonly doorway: Doorway;
  /** See {@link Listener.renewTls}. */
  renewTls(tls: TlsPair): void;
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
export function listen(options: ServerOptions): RunningServer & {
  byDoor(): ReadonlyMap<string, number>;
  /** Messages that clients have sent over sockets. */
  messages(): number;
} {
  const { faces, groups, observer, gate, crowd, meters, connecting } = options;
  const router = createRouter([...faces.flatMap((face) => face.http), ...groups], observer, gate);
  const socketRoutes = faces.flatMap((face) => face.sockets ?? []);
  const [speaker, ...others] = faces.flatMap((face) => face.socketIo ?? []);
  if (others.length > 0) throw new Error("Only one face can speak Socket.IO: its events have one namespace.");
  let isDraining = false;
  /** Why no socket is opened now; null: one may be. */
  const whyNoSockets = (): RefusalCode | null => (isDraining ? "restarting" : null);
  const socketIo =
    speaker === undefined || options.openSocketIo === null
      ? null
      : options.openSocketIo({
          failed: options.socketFailed,
          gate,
          policy: speaker.policy,
          crowd,
          meters,
          limit: connecting,
          refused: options.socketRefused,
          refuses: whyNoSockets,
        });
  if (socketIo !== null) speaker?.serve(socketIo.io);

  const doors = [...socketRoutes.map((one) => one.path), ...(socketIo === null ? [] : [socketIo.door.name])];
  const mux = createMux({
    maxPayloadLength: Math.max(MAX_MESSAGE_BYTES, ...socketRoutes.map((one) => one.maxMessageBytes)),
    maxUnsentBytes: Math.max(MAX_UNSENT_BYTES, ...socketRoutes.map((one) => one.maxUnsentBytes ?? 0)),
    crowd,
    failed: options.socketFailed,
    ...(gate.scope === undefined ? {} : { scope: gate.scope }),
  });
  const open = (): readonly (() => void)[] => [
    ...[...mux.open()].map((ws) => () => closeBehind(ws, RESTARTING, "server restarting")),
    ...[...router.ongoing()].map((response) => () => response.end()),
    ...(socketIo?.polling() ?? []),
  ];
  const tell: Tell = (channel, text) => listener.tell(channel, text);
  const listener = openListener<SocketData>(
    {
      hostname: options.host,
      port: options.port,
      // Each reader of a body has its own limit and answers in its face's words; the runtime's answer would be empty.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      // For the header of a connection's first request the runtime has ten seconds of its own.
      idleTimeout: USUAL_SECONDS,
      development: false,
      // Outside development the runtime would share the port with whoever listens on it already, and split the clients.
      reusePort: false,
      routes: {
        ...router.routes,
        ...socketPaths(socketRoutes, { ...options, refused: options.socketRefused, whyNoSockets, tell }),
        ...(socketIo === null ? {} : socketIoPaths(socketIo, () => isDraining)),
      },
      fetch: router.fallback,
      // Nothing should come this far; whatever does is answered like everything else that nobody meant.
      error(error) {
        observer.failed("(runtime)", "", error);
        return plainRefusal(new Refusal("internal")).response();
      },
      websocket: mux.handler,
    },
    options.tls,
  );
  const pings = setInterval(() => mux.ping(performance.now()), PING_EACH_MS);
  return {
    url: listener.url,
    doorway: listener,
    renewTls: (tls) => listener.renewTls(tls),
    busy: () => router.inFlight() + mux.open().size + router.ongoing().size + (socketIo?.polling().length ?? 0),
    drain() {
      isDraining = true;
      router.drain();
    },
    open,
    wasAsked: () => router.wasAsked(),
    messages: () => mux.messages(),
    byDoor: () => new Map([...doors.map((name) => [name, 0] as const), ...mux.byDoor()]),
    stop(force) {
      clearInterval(pings);
      return listener.stop(force);
    },
  };
}
